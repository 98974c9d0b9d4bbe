import type { Clock } from '../seam/clock.ts';

interface Sleeper {
  readonly untilMs: number;
  readonly wake: () => void;
}

/** How often nothing may have happened before time moves. */
const QUIET_TURNS = 2;
/** Nothing happens and nobody sleeps: whatever is awaited never comes. */
const DEAD_TURNS = 200;

/** Whoever still looks after this long looks in vain. */
const PATIENCE_MS = 3_600_000;

/** Time that moves when everybody waits for it, to the moment the next one wakes. A two minutes' wait takes no time. */
export class CrashClock {
  nowMs: number;
  readonly #sleepers = new Set<Sleeper>();
  readonly clock: Clock;

  constructor(nowMs: number) {
    this.nowMs = nowMs;
    this.clock = {
      now: () => new Date(this.nowMs),
      monotonicMs: () => this.nowMs,
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          if (signal?.aborted) return reject(signal.reason);
          const stop = () => {
            this.#sleepers.delete(sleeper);
            reject(signal?.reason);
          };
          const sleeper: Sleeper = {
            untilMs: this.nowMs + ms,
            wake: () => {
              signal?.removeEventListener('abort', stop);
              resolve();
            },
          };
          this.#sleepers.add(sleeper);
          signal?.addEventListener('abort', stop, { once: true });
        }),
    };
  }

  /** Nobody looks at the clock meanwhile. */
  pass(ms: number): void {
    this.nowMs += ms;
  }

  /** Lets `work` run to its end; `activity` grows while anybody does something that is no waiting. */
  async drive<T>(work: Promise<T>, activity: () => number): Promise<T> {
    let isDone = false;
    const end = () => {
      isDone = true;
    };
    work.then(end, end);
    const begunMs = this.nowMs;
    let seen = activity();
    for (let quiet = 0; !isDone; quiet += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      if (activity() !== seen) quiet = 0;
      seen = activity();
      if (quiet < QUIET_TURNS || isDone) continue;
      if (this.#wakeNext()) quiet = 0;
      else if (quiet > DEAD_TURNS) throw notCome();
      if (this.nowMs - begunMs > PATIENCE_MS) throw notCome();
    }
    return work;
  }

  #wakeNext(): boolean {
    let next: Sleeper | undefined;
    for (const sleeper of this.#sleepers) if (!next || sleeper.untilMs < next.untilMs) next = sleeper;
    if (!next) return false;
    this.#sleepers.delete(next);
    this.nowMs = Math.max(this.nowMs, next.untilMs);
    next.wake();
    return true;
  }
}

function notCome(): Error {
  return new Error('What was awaited has not come, and nothing happens any more.');
}
