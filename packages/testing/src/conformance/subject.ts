import type { AdapterCapabilities, ArtifactInfo, Clock, JobAdapter, JobRef, ResolvedJob } from '@scijob/core/adapter';
import type { Task, TaskScript } from './does.ts';

/** Any adapter, whatever it runs. */
export type AnyAdapter = JobAdapter<never>;

/** One adapter on one backend, made for one behaviour and thrown away after it. */
export interface ConformanceWorld {
  readonly adapter: AnyAdapter;
  /** Where time is simulated: the suite then moves it, and waits for nothing. */
  readonly clock?: Clock & { advance(ms: number): Promise<unknown> };
  /** Ends what was started and clears everything away. The adapter is closed before. */
  dispose(): Promise<void>;
}

/** What only the environment can do. Behaviours that need one which is not there are counted as not run, and named. */
export interface ConformanceHooks<World extends ConformanceWorld> {
  /** Another adapter on the same backend, as another process has it. */
  readonly second?: (world: World) => AnyAdapter;
  /** How many native jobs the backend has had, counted by the backend itself. */
  readonly created?: (world: World) => number | Promise<number>;
  /** Puts another content in the place of an artifact, as somebody else would. */
  readonly changeArtifact?: (world: World, ref: JobRef, artifact: ArtifactInfo) => void | Promise<void>;
  /** The next submit is carried out, and its reply is lost. */
  readonly loseReply?: (world: World) => void | Promise<void>;
  /** From now on the backend cannot be reached; or, with `false`, can be again. */
  readonly outage?: (world: World, isOut: boolean) => void | Promise<void>;
  /** The backend no longer knows of the job: accounting purged, records expired. */
  readonly forget?: (world: World, ref: JobRef) => void | Promise<void>;
  /** The backend takes the running job off its machine and runs it again. */
  readonly preempt?: (world: World, ref: JobRef) => void | Promise<void>;
}

export type HookName = keyof ConformanceHooks<ConformanceWorld>;

/** An adapter in an environment, as the suite needs it. */
export interface ConformanceSubject<World extends ConformanceWorld = ConformanceWorld> extends ConformanceHooks<World> {
  readonly name: string;
  /** What the adapter says it can do: `createMine({}).capabilities`. The suite is decided by this alone. */
  readonly capabilities: AdapterCapabilities<never>;
  /** A new adapter on a new, empty backend. A simulated one asks `script` what each task does. */
  create(script: TaskScript): World | Promise<World>;
  /** `scripted`: nothing is really run, and what is about the bytes a program sees is not asked. @default 'real' */
  readonly programs?: 'real' | 'scripted';
  /** Runs a line of POSIX shell where the tasks run. @default ['sh', '-c'] */
  readonly shell?: readonly string[];
  /**
   * A task of the suite as this backend takes it: with an image, a queue, resources it insists on. Where only workflows run,
   * a workflow that does the same, with the command as `parameters.command`.
   *
   * @default as it is
   */
  readonly toJob?: (job: ResolvedJob, task: Task) => ResolvedJob;
  /** Longest time that one wait for the backend may take. @default 30 */
  readonly patienceSeconds?: number;
}
