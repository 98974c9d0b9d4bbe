import { join } from 'node:path';
import type { Clock } from '../seam/clock.ts';
import type { Logger } from '../seam/logger.ts';
import type { LedgerFiles } from './ledger-files.ts';

const BEAT_INTERVAL_MS = 20_000;

/** Shows sessions on other machines that this one lives: a file whose content changes every 20 seconds, from `start` to `stop`. */
export class Beat {
  readonly #files: LedgerFiles;
  readonly #folder: string;
  readonly #path: string;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #stopping = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: { files: LedgerFiles; folder: string; sessionId: string; clock: Clock; logger: Logger }) {
    this.#files = options.files;
    this.#folder = options.folder;
    this.#path = join(options.folder, options.sessionId);
    this.#clock = options.clock;
    this.#logger = options.logger;
  }

  /** Resolves after the first beat. A beat that cannot be written is said, and fails nothing. */
  async start(): Promise<void> {
    if (this.#running || this.#stopping.signal.aborted) return;
    try {
      await this.#files.createFolder(this.#folder, 'beat');
      const file = await this.#files.createFile(this.#path, 'beat');
      await file.write(this.#content(0), 0);
      this.#running = this.#goOn(file);
    } catch (error) {
      this.#warn(error);
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    if (this.#running) await this.#files.remove(this.#path, 'beat').catch(() => {});
  }

  async #goOn(file: Awaited<ReturnType<LedgerFiles['createFile']>>): Promise<void> {
    const { signal } = this.#stopping;
    for (let count = 1; !signal.aborted; count += 1) {
      try {
        await this.#clock.sleep(BEAT_INTERVAL_MS, signal);
        await file.write(this.#content(count), 0);
      } catch (error) {
        if (signal.aborted) break;
        this.#warn(error);
      }
    }
    await file.close().catch(() => {});
  }

  // Nothing is lost by a missed beat: at worst another session takes over, and claims keep that safe.
  #warn(error: unknown): void {
    this.#logger.warn({ error, path: this.#path }, 'The sign of life of this ledger session could not be written.');
  }

  /** Always as long, so that it is replaced in place and never read half. */
  #content(count: number): Uint8Array {
    return Buffer.from(`${String(count).padStart(12, '0')} ${this.#clock.now().toISOString()}\n`);
  }
}
