import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { BackendEntry } from './recorded-backend.ts';

const PROGRAM = fileURLToPath(new URL('./recorded-backend-process.ts', import.meta.url));

/** Starts and ends the process of a recorded backend, and reads its record. */
export class RecordedBackendServer {
  readonly #process: ChildProcess;
  readonly #record: string;
  readonly port: number;

  private constructor(process: ChildProcess, record: string, port: number) {
    this.#process = process;
    this.#record = record;
    this.port = port;
  }

  static async start(record: string): Promise<RecordedBackendServer> {
    const child = spawn(process.execPath, [PROGRAM, record], { stdio: ['pipe', 'pipe', 'inherit'] });
    const { stdout } = child;
    const [line] = await once(createInterface({ input: stdout }), 'line');
    return new RecordedBackendServer(child, record, Number(line));
  }

  /** Every job it has taken until now, in order. */
  entries(): readonly BackendEntry[] {
    return readFileSync(this.#record, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as BackendEntry);
  }

  async close(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.stdin?.end();
    await ended;
  }
}
