import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import {
  type CallCounts,
  JOBS_PER_CALL,
  type NamedJob,
  type RecordedAnswer,
  type RecordedQuestion,
} from './recorded-backend.ts';
import type { RecordedReply, RecordedRequest } from './recorded-backend-process.ts';

/** A client of the recorded backend: as many jobs per call as it takes, one call at a time for each question. */
export class RecordedBackendConnection {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, (answer: RecordedAnswer) => void>();
  #asked = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    createInterface({ input: socket }).on('line', (line) => {
      const { id, ...answer } = JSON.parse(line) as RecordedReply;
      const settle = this.#waiting.get(id);
      this.#waiting.delete(id);
      settle?.(answer);
    });
  }

  static async open(port: number): Promise<RecordedBackendConnection> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new RecordedBackendConnection(socket);
  }

  submit(jobs: readonly NamedJob[]): Promise<readonly (string | null)[]> {
    return inCalls(jobs, async (some) => (await this.#ask({ type: 'submit', jobs: some })).nativeIds ?? []);
  }

  find(tokens: readonly string[]): Promise<readonly (string | null)[]> {
    return inCalls(tokens, async (some) => (await this.#ask({ type: 'find', tokens: some })).nativeIds ?? []);
  }

  observe(nativeIds: readonly string[]): Promise<readonly string[]> {
    return inCalls(nativeIds, async (some) => (await this.#ask({ type: 'observe', nativeIds: some })).states ?? []);
  }

  async counts(): Promise<CallCounts> {
    const { counts } = await this.#ask({ type: 'count' });
    if (!counts) throw new Error('The backend did not say what it counted.');
    return counts;
  }

  close(): void {
    this.#socket.destroy();
  }

  #ask(question: RecordedQuestion): Promise<RecordedAnswer> {
    this.#asked += 1;
    const request: RecordedRequest = { id: this.#asked, question };
    return new Promise((resolve) => {
      this.#waiting.set(request.id, resolve);
      this.#socket.write(`${JSON.stringify(request)}\n`);
    });
  }
}

async function inCalls<T, Answer>(
  all: readonly T[],
  call: (some: readonly T[]) => Promise<readonly Answer[]>,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (let from = 0; from < all.length; from += JOBS_PER_CALL) {
    answers.push(...(await call(all.slice(from, from + JOBS_PER_CALL))));
  }
  return answers;
}
