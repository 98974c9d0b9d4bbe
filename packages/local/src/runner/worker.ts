import { type ChildProcess, spawn } from 'node:child_process';

export interface WorkerEvents {
  /** The task handed to it is over. */
  readonly onFinished: (worker: Worker) => void;
  /** It ended, or never started. */
  readonly onGone: (worker: Worker) => void;
}

/** One `sh` that runs tasks one after another, each handed to it by its argument file. If we die, it ends with its task. */
export class Worker {
  readonly #child: ChildProcess;
  #heard = '';
  #isRetired = false;
  #isReserved = false;

  constructor(wrapper: string, events: WorkerEvents) {
    this.#child = spawn('/bin/sh', [wrapper, '--many'], {
      env: workerEnvironment(),
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child.stdin?.on('error', () => {
      // It is gone: `exit` says so.
    });
    this.#child.stdout?.on('data', (bytes: Buffer) => {
      this.#heard += bytes.toString('latin1');
      for (let end = this.#heard.indexOf('\n'); end >= 0; end = this.#heard.indexOf('\n')) {
        this.#heard = this.#heard.slice(end + 1);
        events.onFinished(this);
      }
    });
    let isGone = false;
    const gone = () => {
      if (!isGone) events.onGone(this);
      isGone = true;
    };
    this.#child.on('error', gone);
    this.#child.on('close', gone);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get isRetired(): boolean {
    return this.#isRetired;
  }

  get isReserved(): boolean {
    return this.#isReserved;
  }

  /** It may run one task only. */
  reserve(): void {
    this.#isReserved = true;
  }

  run(argumentFile: string): void {
    this.#child.stdin?.write(`${argumentFile}\n`);
  }

  /** Cancels the task under way. A signal may arrive late and must not hit the next task, so there is none. */
  terminate(): void {
    this.#child.kill('SIGTERM');
    this.retire();
  }

  /** No more tasks: the shell ends after the one under way. */
  retire(): void {
    this.#isRetired = true;
    this.#child.stdin?.end();
  }
}

/** All a wrapper needs of an environment. A task does not inherit it: these are taken out of what it sees. */
export const WORKER_VARIABLES = ['PATH'] as const;

function workerEnvironment(): NodeJS.ProcessEnv {
  const { PATH } = process.env;
  return PATH === undefined ? {} : { PATH };
}
