import type { AdapterCapabilities, FailureReason, JobKind, Json, Usage } from '@scijob/core/adapter';
import type { Scripted } from './scripted.ts';

/** How a task ends: well, for a reason, or with all its details. */
export type FakeEnd = 'succeeded' | FailureReason | FakeSuccess | FakeFailure;

export interface FakeSuccess {
  readonly state: 'succeeded';
  /** @default 0 */
  readonly exitCode?: number;
  /** The backend's own word. @default the state in capitals */
  readonly raw?: string;
}

export interface FakeFailure {
  readonly reason: FailureReason;
  /** @default 'cancelled' for a reason that says so, else 'failed' */
  readonly state?: 'failed' | 'cancelled' | 'lost';
  /** @default 1 for `exit-nonzero`, 137 for `out-of-memory`, else none */
  readonly exitCode?: number;
  /** @default a sentence that names the reason */
  readonly message?: string;
  /** The backend's own word. @default the state in capitals */
  readonly raw?: string;
}

/** A stretch of a task's life before its end. */
export interface FakePhase {
  readonly state: 'queued' | 'held' | 'starting' | 'running' | 'suspended' | 'finalizing';
  /** `Infinity`: until somebody ends it. @default 0 */
  readonly seconds?: number;
  /** The backend's own word. @default the state in capitals */
  readonly raw?: string;
}

/** A line of output; a string is a line on stdout. */
export interface FakeLogLine {
  readonly text: string;
  /** @default 'stdout' */
  readonly stream?: 'stdout' | 'stderr' | 'engine' | 'system';
  /** Seconds after the task started. @default with the line before it; the first one at the start */
  readonly atSeconds?: number;
  /** Appears behind lines already shown. */
  readonly late?: true;
}

export type FakeLines = string | readonly (string | FakeLogLine)[];

/** Text and bytes as they are, anything else as JSON; `null` for a file that is not there. */
export type FakeContent = string | Uint8Array | Json;

/** Files a task leaves, by path in its directory, or by the pattern of a `files()` output to say that there are none. */
export interface FakeFiles {
  readonly [path: string]: FakeContent;
}

/** Where the time goes, and what comes of it. Each is a value, a list with one entry per run, or a function of the task. */
export interface FakeScript {
  /** @default 'succeeded' */
  readonly ends?: Scripted<FakeEnd>;
  /** How long a task waits before it starts. @default 0: it has ended at the next look */
  readonly queueSeconds?: Scripted<number>;
  /** How long it runs; `Infinity`: until somebody ends it. @default 0 */
  readonly runSeconds?: Scripted<number>;
  /** The whole way to its end, instead of `queueSeconds` and `runSeconds`. */
  readonly phases?: Scripted<readonly FakePhase[]>;
  /** What it prints. A list is one of lines; a list of lists has one per run. @default nothing */
  readonly logs?: Scripted<FakeLines>;
  /**
   * What it leaves. What a job declares and this does not name is there all the same: a line of text for a file, `{}` for JSON.
   * A required output that is `null` here makes the task fail with `output-missing`.
   */
  readonly outputs?: Scripted<FakeFiles>;
  /** What it used. @default the times of the fake, and what was asked for */
  readonly usage?: Scripted<Partial<Usage>>;
  /** How many times the backend runs a task again by itself after such an end, whatever the job says: Slurm's requeue after `preempted`. @default none */
  readonly restarts?: { readonly [Reason in FailureReason]?: number };
  /** How long a task that was asked to stop takes. @default 0 */
  readonly cancelSeconds?: number;
}

export interface FakeBackendOptions extends FakeScript {
  /** Which backend this is: the name of its target. @default fake-1, fake-2, … in the order they are made */
  readonly name?: string;
  /** What the backend can do; what is left out is as by default: everything. */
  readonly capabilities?: Partial<AdapterCapabilities<JobKind>>;
  /** Most rows in a page of tasks, lines or artifacts. @default 1_000 */
  readonly pageSize?: number;
}
