import type { JobKind } from '../ids/job-kind.ts';
import type { JobRef } from '../ids/job-ref.ts';
import type { Target } from '../ids/target.ts';
import type { AdapterCapabilities } from './adapter-capabilities.ts';
import type { CallContext } from './call-context.ts';
import type { CompileContext, StepTemplate } from './compile-step.ts';
import type {
  ArtifactInfo,
  ArtifactQuery,
  ByteRange,
  CancelTarget,
  ChildObservation,
  ChildQuery,
  Explanation,
  Hint,
  LogPage,
  LogQuery,
  Memo,
  Page,
  Sweep,
} from './observation.ts';
import type { CancelOutcome, FindOutcome, PrepareOutcome, SubmitOutcome } from './outcomes.ts';
import type { Part, PartKey } from './part.ts';
import type { ResolvedJob } from './resolved-job.ts';
import type { SubmissionPlan } from './submission-plan.ts';

/**
 * What one backend must do. Users never call it; core does, with one `CallContext` a call.
 * Plural methods answer one outcome per item, in order. No method waits for a job's life: core owns that loop.
 */
export interface JobAdapter<K extends JobKind = JobKind, Native = unknown> {
  readonly specificationVersion: 'v1';
  readonly id: string;
  readonly capabilities: AdapterCapabilities<K>;

  target(context: CallContext): Promise<Target>;
  /** The native requests, every value with its source, and for each feature used: native, owner or refused. Changes nothing. */
  plan(job: ResolvedJob<Native>, context: CallContext): Promise<SubmissionPlan>;
  /** Everything repeatable before the commit: directories, scripts, manifests, inputs. Creates nothing that runs. */
  prepare(parts: readonly Part<Native>[], context: CallContext): Promise<readonly PrepareOutcome[]>;
  /** Sends each part once, no hidden retry. `refused` means it does not and will not exist. */
  submit(parts: readonly Part<Native>[], context: CallContext): Promise<readonly SubmitOutcome[]>;
  /** `absent` only with evidence: inside the look-up window, or fenced so that it can never come to life. */
  find(keys: readonly PartKey[], context: CallContext): Promise<readonly FindOutcome[]>;
  /** One sweep over many jobs in as few calls as possible. Says which refs it covered. */
  observe(targets: readonly { readonly ref: JobRef; readonly memo?: Memo }[], context: CallContext): Promise<Sweep>;
  listChildren(ref: JobRef, query: ChildQuery, context: CallContext): Promise<Page<ChildObservation>>;
  /** Asks; verifies identity first. The end is only ever observed. */
  cancel(targets: readonly CancelTarget[], reason: string, context: CallContext): Promise<readonly CancelOutcome[]>;
  readLogs(ref: JobRef, query: LogQuery, context: CallContext): Promise<LogPage>;
  listArtifacts(ref: JobRef, query: ArtifactQuery, context: CallContext): Promise<Page<ArtifactInfo>>;
  /** Fails when the version changed since it was listed. */
  openArtifact(
    ref: JobRef,
    artifact: ArtifactInfo,
    range: ByteRange | undefined,
    context: CallContext,
  ): Promise<ReadableStream<Uint8Array>>;
  explain?(ref: JobRef, context: CallContext): Promise<Explanation>;
  compileStep?(job: ResolvedJob<Native>, context: CompileContext): Promise<StepTemplate>;
  /** Push: what to look at now. `observe()` stays the evidence. */
  subscribe?(context: CallContext): AsyncIterable<Hint>;
  close(): Promise<void>;
}
