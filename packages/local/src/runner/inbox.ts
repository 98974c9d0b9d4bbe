import { type FSWatcher, readdirSync, rmSync, statSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What was marked but never sent is cleared away after this. */
const STALE_MS = 3_600_000;

/** The markers of parts that have not ended. A marker that is written tells of news; where nothing tells, looking finds it. */
export class Inbox {
  readonly #folder: string;
  #watcher: FSWatcher | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Whether changes are told; without, every marker must be looked at again and again. */
  get isWatched(): boolean {
    return this.#watcher !== undefined;
  }

  /** `onNews` gets a token, or nothing when it may be any of them. */
  watch(onNews: (token: string | undefined) => void): void {
    try {
      this.#watcher = watch(this.#folder, (_event, name) => onNews(name ?? undefined));
      this.#watcher.on('error', () => this.unwatch());
    } catch {
      // Too many watches on this machine: polling finds everything, a little later.
    }
  }

  unwatch(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }

  list(): readonly string[] {
    return readdirSync(this.#folder);
  }

  has(token: string): boolean {
    return this.#status(token) !== undefined;
  }

  add(token: string): void {
    writeFileSync(join(this.#folder, token), '', { mode: 0o600 });
  }

  remove(token: string): void {
    rmSync(join(this.#folder, token), { force: true });
  }

  /** Removes the marker of a part that never came, once nobody can be about to send it. */
  removeStale(token: string): void {
    const status = this.#status(token);
    if (status && Date.now() - status.mtimeMs > STALE_MS) this.remove(token);
  }

  #status(token: string) {
    return statSync(join(this.#folder, token), { throwIfNoEntry: false });
  }
}
