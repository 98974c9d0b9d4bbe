// What an adapter is written with. Users of jobs need none of it.
export { ScijobError } from './errors/scijob-error.ts';
export type { Attempt } from './ids/attempt.ts';
export type { JobKind } from './ids/job-kind.ts';
export type { JobRef, PartRef, SubmissionRef, TaskRange } from './ids/job-ref.ts';
export type { Target } from './ids/target.ts';
export { outputMatcher } from './job/output-matcher.ts';
export type { Parallel } from './job/parallel.ts';
export type { Resources } from './job/resources.ts';
export { type RetryPolicy, type RetryRule, retryRuleOf } from './job/retry-policy.ts';
export { stateDirectory } from './ledger/default-ledger-directory.ts';
export type { AdapterCapabilities, Support } from './seam/adapter-capabilities.ts';
export type { Budget, CallContext } from './seam/call-context.ts';
export type { Clock } from './seam/clock.ts';
export type { CompileContext, StepTemplate } from './seam/compile-step.ts';
export { type AdapterCore, defineAdapter } from './seam/define-adapter.ts';
export { eachOne } from './seam/each-one.ts';
export type { JobAdapter } from './seam/job-adapter.ts';
export type { Logger } from './seam/logger.ts';
export type {
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
  Observation,
  Page,
  StateCounts,
  Sweep,
} from './seam/observation.ts';
export type { CancelOutcome, FindOutcome, PrepareOutcome, Refusal, SubmitOutcome } from './seam/outcomes.ts';
export type { DependencyCondition, Part, PartKey } from './seam/part.ts';
export type { ManifestLine, PayloadRef, ResolvedJob, ResolvedOutput } from './seam/resolved-job.ts';
export type { SubmissionPlan } from './seam/submission-plan.ts';
export { FAILURE_REASONS, type FailureReason } from './state/failure-reason.ts';
export { type FinalState, isFinalState, JOB_STATES, type JobState } from './state/job-state.ts';
export { type FinalStatus, isFinal, type JobStatus, type LiveStatus } from './state/job-status.ts';
export type { LogLine } from './state/log-line.ts';
export type { Usage } from './state/usage.ts';
export { assertNever } from './util/assert-never.ts';
export type { Json } from './util/json.ts';
