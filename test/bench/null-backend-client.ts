import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { NullBackend } from './null-backend.ts';
import type { NullAnswer, NullRequest } from './null-backend-process.ts';

const PROGRAM = fileURLToPath(new URL('./null-backend-process.ts', import.meta.url));

/** A null backend in a process of its own, asked by JSON lines over its pipes. */
export class NullBackendClient implements NullBackend {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, (answer: NullAnswer) => void>();
  #asked = 0;
  /** Looks that were answered. */
  sweeps = 0;

  constructor() {
    this.#process = spawn(process.execPath, [PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] });
    const { stdout } = this.#process;
    if (!stdout) throw new Error('The null backend has no pipe.');
    createInterface({ input: stdout }).on('line', (line) => {
      const answer = JSON.parse(line) as NullAnswer;
      const settle = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      settle?.(answer);
    });
  }

  get isIdle(): boolean {
    return this.#waiting.size === 0;
  }

  async submit(tokens: readonly string[]): Promise<readonly string[]> {
    return (await this.#ask({ type: 'submit', tokens })).nativeIds ?? [];
  }

  async observe(): Promise<string> {
    const { state = 'unknown' } = await this.#ask({ type: 'observe' });
    this.sweeps += 1;
    return state;
  }

  async count(): Promise<number> {
    return (await this.#ask({ type: 'count' })).count ?? 0;
  }

  async close(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.stdin?.end();
    await ended;
  }

  #ask(question: NullRequest['question']): Promise<NullAnswer> {
    this.#asked += 1;
    const request: NullRequest = { id: this.#asked, question };
    return new Promise((resolve) => {
      this.#waiting.set(request.id, resolve);
      this.#process.stdin?.write(`${JSON.stringify(request)}\n`);
    });
  }
}
