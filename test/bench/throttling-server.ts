import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { StepCount } from './stepping-limit.ts';

const PROGRAM = fileURLToPath(new URL('./throttling-server-process.ts', import.meta.url));

/** A server in a process of its own whose limit steps. */
export class ThrottlingServer {
  readonly url: string;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, port: string) {
    this.#process = process;
    this.url = `http://127.0.0.1:${port}/`;
  }

  static async start(stepSeconds: number, answerAfterMs: number): Promise<ThrottlingServer> {
    const child = spawn(process.execPath, [PROGRAM, String(stepSeconds), String(answerAfterMs)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout });
    const [port] = (await once(lines, 'line')) as [string];
    return new ThrottlingServer(child, port);
  }

  /** One call: `false` when it was refused because there were too many. */
  async call(signal?: AbortSignal): Promise<boolean> {
    const response = await fetch(this.url, { method: 'POST', ...(signal ? { signal } : {}) });
    await response.arrayBuffer();
    if (response.status !== 200 && response.status !== 429) throw new Error(`The server answered ${response.status}.`);
    return response.status === 200;
  }

  async counts(): Promise<readonly StepCount[]> {
    return (await (await fetch(this.url)).json()) as readonly StepCount[];
  }

  async close(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.stdin?.end();
    await ended;
  }
}
