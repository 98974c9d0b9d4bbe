import type { Bench } from './bench/bench.ts';
import type { Capability } from './capability.ts';
import type { HookName } from './subject.ts';

/** What a behaviour may need beside the adapter: a hook, or programs that are really run. */
export type Need = HookName | 'programs';

/** One promise of the seam, and how it is tried. */
export interface Behaviour {
  /** Stable: counts, reports and documents go by it. */
  readonly id: string;
  /** A sentence of the specification. */
  readonly title: string;
  /** The rule (R1 to R10), invariant (I1 to I10) or trap of other systems it comes from. */
  readonly rule: string;
  /** Runs only where all of these are on. */
  readonly given?: readonly Capability[];
  /** A counter-behaviour: runs only where this is off, and says what happens then. */
  readonly without?: Capability;
  readonly needs?: readonly Need[];
  run(bench: Bench): Promise<void>;
}

export interface Chapter {
  readonly name: string;
  readonly behaviours: readonly Behaviour[];
}
