import { join } from 'node:path';
import type { Clock } from '../seam/clock.ts';
import type { LedgerFiles } from './ledger-files.ts';
import { compareSegmentNames, type LedgerFolder, segmentNames, segmentPath } from './ledger-folder.ts';
import type { LedgerSystem } from './ledger-system.ts';
import { readSegmentEnds } from './segment-ends.ts';
import type { SessionIdentity } from './session-identity.ts';

export type SessionState = 'alive' | 'dead' | 'unknown';

/** How long a beat has to stand still before its session counts as dead: six beats. */
const BEAT_PATIENCE_MS = 120_000;

/** Finds out whether sessions, this one's and others', can still act. */
export class SessionWatch {
  readonly #files: LedgerFiles;
  readonly #folder: LedgerFolder;
  readonly #clock: Clock;
  readonly #own: SessionIdentity;
  readonly #system: LedgerSystem;
  /** What was last read of a beat, and since when, by our own clock: theirs may be wrong by years. */
  readonly #seen = new Map<
    string,
    { readonly content: string; readonly sinceMs: number; readonly hasChanged: boolean }
  >();

  constructor(options: {
    files: LedgerFiles;
    folder: LedgerFolder;
    clock: Clock;
    own: SessionIdentity;
    system: LedgerSystem;
  }) {
    this.#files = options.files;
    this.#folder = options.folder;
    this.#clock = options.clock;
    this.#own = options.own;
    this.#system = options.system;
  }

  async state(session: SessionIdentity): Promise<SessionState> {
    // A process may close one ledger session and live on.
    if (await this.hasClosed(session.id)) return 'dead';
    if (session.id === this.#own.id) return 'alive';
    if (await this.isGoneHere(session)) return 'dead';
    if (await this.isAliveHere(session)) return 'alive';
    return this.#stateByBeat(session.id);
  }

  /** Process ids of that session mean here what they meant there. */
  isSameSystem({ bootId, startTime, pidNamespace }: SessionIdentity): boolean {
    return bootId !== '' && startTime !== '' && bootId === this.#own.bootId && pidNamespace === this.#own.pidNamespace;
  }

  /** Certain to be gone, by this machine's own processes. */
  async isGoneHere(session: SessionIdentity): Promise<boolean> {
    if (session.id === this.#own.id || !this.isSameSystem(session)) return false;
    const process = await this.#system.readProcess(session.pid);
    return process.type === 'gone' || (process.type === 'found' && process.startTime !== session.startTime);
  }

  /** Certain to live, by this machine's own processes. */
  async isAliveHere(session: SessionIdentity): Promise<boolean> {
    if (session.id === this.#own.id) return true;
    if (!this.isSameSystem(session)) return false;
    const process = await this.#system.readProcess(session.pid);
    return process.type === 'found' && process.startTime === session.startTime;
  }

  async hasClosed(sessionId: string): Promise<boolean> {
    const names = segmentNames(await this.#files.list(this.#folder.segments)).filter(
      (name) => name.split('-')[0] === sessionId,
    );
    const last = [...names].sort(compareSegmentNames).at(-1);
    if (last === undefined) return false;
    return (await readSegmentEnds(this.#files, segmentPath(this.#folder.segments, last)))?.isClosed ?? false;
  }

  async #stateByBeat(sessionId: string): Promise<SessionState> {
    const content = await this.#readBeat(sessionId);
    const nowMs = this.#clock.monotonicMs();
    const seen = this.#seen.get(sessionId);
    if (!seen || seen.content !== content) {
      this.#seen.set(sessionId, { content, sinceMs: nowMs, hasChanged: seen !== undefined });
      return seen ? 'alive' : 'unknown';
    }
    if (nowMs - seen.sinceMs >= BEAT_PATIENCE_MS) return 'dead';
    return seen.hasChanged ? 'alive' : 'unknown';
  }

  async #readBeat(sessionId: string): Promise<string> {
    try {
      const file = await this.#files.openFile(join(this.#folder.beats, sessionId));
      try {
        const buffer = Buffer.alloc(64);
        return buffer.toString('latin1', 0, await file.read(buffer, 0, 0));
      } finally {
        await file.close();
      }
    } catch {
      return 'none';
    }
  }
}
