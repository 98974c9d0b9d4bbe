import type { JobHandle } from '@scijob/core';
import { defineAdapter, type JobAdapter, type JobRef, type Sweep } from '@scijob/core/adapter';
import { requireCount } from './harness.ts';
import { LIFE, REPLAYED, refOf, requireSucceeded, sweepsOf } from './replayed-life.ts';

/** A backend that answers with what was made ready, once it may. */
export class ReplayedBackend {
  readonly adapter: JobAdapter<'command'>;
  readonly #refs: JobRef[] = [];
  #sweeps: readonly Sweep[] = [];
  #next = 0;
  #open = Promise.withResolvers<void>();
  /** Observations that were handed out. */
  given = 0;

  constructor() {
    this.adapter = defineAdapter<'command'>({
      id: REPLAYED.adapter,
      // As soon as it can: not the pauses are measured.
      capabilities: { kinds: { command: true }, submitOnce: 'guard', cadence: { fastestMs: 1, slowestMs: 1 } },
      target: async () => REPLAYED,
      submit: async (parts) =>
        parts.map(({ key: { key } }) => {
          const nativeId = String(this.#refs.length + 1);
          this.#refs.push(refOf(key, nativeId));
          return { type: 'accepted', nativeId };
        }),
      observe: async (targets) => {
        await this.#open.promise;
        // A look that began before all were there.
        if (targets.length < this.#refs.length) return { covered: [], seen: [] };
        const sweep = this.#sweeps[this.#next] ?? { covered: [], seen: [] };
        this.#next += 1;
        this.given += sweep.seen.length;
        return sweep;
      },
    });
  }

  /** Whoever looked before looks no more. */
  forgetSweeps(): void {
    this.#open.resolve();
    this.#open = Promise.withResolvers();
  }

  /** Seconds from here until every handle has settled. */
  async run(handles: readonly JobHandle<unknown>[]): Promise<number> {
    this.#sweeps = sweepsOf(this.#refs);
    const ends = handles.map((handle) => handle.wait());
    globalThis.gc?.();
    const begun = performance.now();
    this.#open.resolve();
    requireSucceeded(await Promise.all(ends), handles.length);
    const seconds = (performance.now() - begun) / 1_000;
    requireCount('Observations', this.given, handles.length * LIFE.length);
    return seconds;
  }
}
