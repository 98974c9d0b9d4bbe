import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Client, createClient } from '@scijob/core';
import { distinctJob } from './distinct-job.ts';
import { requireCount } from './harness.ts';
import { inFlight } from './in-flight.ts';
import { nullAdapter } from './null-adapter.ts';
import type { NullBackend } from './null-backend.ts';

export interface SubmitSessionOptions {
  /** Of a new ledger. */
  readonly folder: string;
  readonly backend: NullBackend;
  readonly seed: number;
}

/** A client on a new ledger and a null backend, and what the two have counted. */
export class SubmitSession {
  readonly #options: SubmitSessionOptions;
  readonly #client: Client<{ readonly null: ReturnType<typeof nullAdapter> }>;
  #jobs = 0;

  private constructor(options: SubmitSessionOptions) {
    const { folder, backend } = options;
    this.#options = options;
    this.#client = createClient({ adapters: { null: nullAdapter(backend) }, ledger: folder, logger: false });
  }

  /** The first job begins the ledger, and the backend's process when there is one. */
  static async begin(options: SubmitSessionOptions): Promise<SubmitSession> {
    const session = new SubmitSession(options);
    await session.submit(1, 1);
    return session;
  }

  /** Submits distinct jobs, at most `limit` at a time; says how long that took, making the jobs included. */
  async submit(count: number, limit: number): Promise<number> {
    const from = this.#jobs;
    this.#jobs += count;
    const begun = performance.now();
    await inFlight(count, limit, (index) => this.#client.submit(distinctJob(from + index, this.#options.seed)));
    return (performance.now() - begun) / 1_000;
  }

  /** Ends the session. Every job must be once at the backend, and on the disk with an intent and an outcome. */
  async end(): Promise<void> {
    const { backend } = this.#options;
    requireCount('Jobs the backend was sent', await backend.count(), this.#jobs);
    await this.#client.close();
    await backend.close();
    const keys = this.lines().map((line) => {
      const { type, key } = JSON.parse(line.toString()) as { readonly type: string; readonly key: string };
      return `${type} ${key}`;
    });
    requireCount('Intents and outcomes in the ledger', keys.length, 2 * this.#jobs);
    requireCount('Different ones', new Set(keys).size, 2 * this.#jobs);
  }

  /** The intents and outcomes that stand on the disk now. */
  lines(): readonly Buffer[] {
    const segments = join(this.#options.folder, 'segments');
    return readdirSync(segments)
      .flatMap((name) => linesOf(readFileSync(join(segments, name))))
      .filter((line) => /,"type":"(intent|outcome)",/.test(line.toString('latin1')));
  }
}

function linesOf(bytes: Buffer): readonly Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0, end = 0; start < bytes.length; start = end) {
    end = bytes.indexOf('\n', start) + 1 || bytes.length;
    lines.push(bytes.subarray(start, end));
  }
  return lines;
}
