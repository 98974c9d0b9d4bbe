import type { ResolvedJob } from '@scijob/core/adapter';

/** What a task of the suite does when it is run: a simulated backend acts it out, a real one runs the command. */
export interface Does {
  /** How long it runs. `Infinity`: until somebody ends it. @default 0 */
  readonly seconds?: number;
  /** @default 0 */
  readonly exitCode?: number;
  /** Number of the signal that ends it, in place of an exit code. */
  readonly signal?: number;
  readonly stdout?: string;
  readonly stderr?: string;
  /** Path in the task's directory → what it leaves there. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
}

/** What a simulated backend asks before it plays a task of the suite. */
export interface TaskScript {
  /** `index`: which item, for a task of an array; `job` has its item applied or not, as the backend likes. */
  does(job: ResolvedJob, index?: number): Does;
}

/** One job of the suite: what to run, and what that does. */
export interface Task extends Partial<ResolvedJob> {
  readonly command: readonly string[];
  readonly does: Does | ((index: number) => Does);
}
