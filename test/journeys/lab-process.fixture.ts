import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { HandleText, LabAnswer, LabCommand, LabJob, LabRequest } from './lab-client.fixture.ts';
import { otherHost } from './other-host.fixture.ts';

const PROGRAM = fileURLToPath(new URL('lab-client.fixture.ts', import.meta.url));

export interface LabProcessOptions {
  readonly ledger: string;
  readonly url: string;
  /** How many times as fast its clock runs. @default 1 */
  readonly times?: number;
  /** With process ids of its own, as on another machine: others can judge it by its beat alone. @default false */
  readonly isElsewhere?: boolean;
}

/** A command failed in the other process. */
export class LabCommandError extends Error {
  readonly code: string;

  constructor({ code, message }: { readonly code: string; readonly message: string }) {
    super(message);
    this.name = 'LabCommandError';
    this.code = code;
  }
}

interface Told {
  readonly state: string;
  readonly attempt: string;
  readonly reason?: string;
}

/** A client in another process, and the means to stop and kill it. */
export class LabProcess {
  readonly #child: ChildProcess;
  readonly #isElsewhere: boolean;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #ready = Promise.withResolvers<void>();
  readonly #ended: Promise<unknown>;
  #asked = 0;
  #errors = '';

  constructor({ ledger, url, times = 1, isElsewhere = false }: LabProcessOptions) {
    const argv = [process.execPath, PROGRAM, ledger, url, String(times)];
    const [program = '', ...rest] = isElsewhere ? [...otherHost(), ...argv] : argv;
    this.#isElsewhere = isElsewhere;
    this.#child = spawn(program, rest, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#ended = once(this.#child, 'close');
    const { stdout, stderr, stdin } = this.#child;
    if (!stdout || !stderr || !stdin) throw new Error('The process has no pipes.');
    stdin.on('error', () => {});
    stderr.on('data', (chunk) => {
      this.#errors += chunk;
    });
    createInterface({ input: stdout }).on('line', (line) => this.#hear(line));
    this.#ready.promise.catch(() => {});
    void this.#ended.then(() => {
      const gone = new Error(`The process of the client has ended. ${this.#errors}`);
      this.#ready.reject(gone);
      for (const { reject } of this.#waiting.values()) reject(gone);
    });
  }

  async submit(...jobs: readonly LabJob[]): Promise<readonly HandleText[]> {
    return (await this.ask({ do: 'submit', jobs })) as readonly HandleText[];
  }

  async wait(key: string): Promise<Told> {
    return (await this.ask({ do: 'wait', key })) as Told;
  }

  async status(key: string): Promise<Told & { readonly waitingFor?: string; readonly duties: readonly string[] }> {
    return (await this.ask({ do: 'status', key })) as never;
  }

  async ask(command: LabCommand, barrier?: LabRequest['barrier']): Promise<unknown> {
    await this.#ready.promise;
    this.#asked += 1;
    const request: LabRequest = { id: this.#asked, command, ...(barrier ? { barrier } : {}) };
    const answer = Promise.withResolvers<unknown>();
    // Who asks a process that is killed may no longer be listening.
    answer.promise.catch(() => {});
    this.#waiting.set(request.id, answer);
    this.#child.stdin?.write(`${JSON.stringify(request)}\n`);
    return answer.promise;
  }

  ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** Sends the signal to the client itself, wherever it runs. */
  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void {
    process.kill(this.#pid(), signal);
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL');
    await this.#ended;
  }

  #pid(): number {
    const { pid = 0 } = this.#child;
    if (!this.#isElsewhere) return pid;
    return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim());
  }

  #hear(line: string): void {
    if (line === 'ready') {
      this.#ready.resolve();
      return;
    }
    const answer = JSON.parse(line) as LabAnswer;
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ('error' in answer) waiting?.reject(new LabCommandError(answer.error));
    else waiting?.resolve(answer.done);
  }
}
