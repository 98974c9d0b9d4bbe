// What users of jobs import. What an adapter is written with is in `@scijob/core/adapter`.
export type {
  Adapters,
  AttachOptions,
  AuditQuery,
  Client,
  JobQuery,
  MapOptions,
  NoAdapterRuns,
  Runnable,
  SubmitOptions,
} from './client/client.ts';
export { type ClientOptions, createClient } from './client/create-client.ts';
export { type After, afterAny, afterEach, afterNotOk, type Dependency } from './client/dependency.ts';
export { ArtifactError } from './errors/artifact-error.ts';
export { ClientClosedError } from './errors/client-closed-error.ts';
export { InvalidJobError, type JobProblem } from './errors/invalid-job-error.ts';
export { InvalidRefError } from './errors/invalid-ref-error.ts';
export { KeyArchivedError } from './errors/key-archived-error.ts';
export { KeyConflictError } from './errors/key-conflict-error.ts';
export { NotRecordedError } from './errors/not-recorded-error.ts';
export { OutputError } from './errors/output-error.ts';
export { ScijobError } from './errors/scijob-error.ts';
export { SubmitRefusedError } from './errors/submit-refused-error.ts';
export { SubmitUnknownError } from './errors/submit-unknown-error.ts';
export { UnknownAdapterError } from './errors/unknown-adapter-error.ts';
export { UnsupportedError } from './errors/unsupported-error.ts';
export { WrongTargetError } from './errors/wrong-target-error.ts';
export { JobFailedError, type UnsuccessfulStatus } from './handle/job-failed-error.ts';
export type {
  AnyHandle,
  ArrayHandle,
  AttemptRecord,
  BaseHandle,
  Child,
  JobHandle,
} from './handle/job-handle.ts';
export type { Attempt } from './ids/attempt.ts';
export type { JobKind } from './ids/job-kind.ts';
export type { ArrayRefString, JobRefString } from './ids/job-ref.ts';
export type { Target } from './ids/target.ts';
export type { Artifact } from './job/artifact.ts';
export { CommandJob } from './job/command-job.ts';
export type {
  CheckedProgram,
  CheckedWorkflow,
  CommandSpec,
  JobChanges,
  JobSpec,
  ProgramSpec,
  ScriptSpec,
  Workflow,
  WorkflowParameters,
  WorkflowSpec,
} from './job/job-spec.ts';
export { file, files, json, type Output, type OutputRef } from './job/output.ts';
export type { Parallel } from './job/parallel.ts';
export type { Resources } from './job/resources.ts';
export type { RetryPolicy, RetryRule } from './job/retry-policy.ts';
export type { Schema } from './job/schema.ts';
export type { AnyOutputs, ScientificJob } from './job/scientific-job.ts';
export { WorkflowJob } from './job/workflow-job.ts';
export { defaultLedgerDirectory } from './ledger/default-ledger-directory.ts';
export type { ArchiveResult, Ledger, LedgerAnchor } from './ledger/ledger.ts';
export { LedgerDamagedError } from './ledger/ledger-damaged-error.ts';
export type { LedgerFinding } from './ledger/ledger-finding.ts';
export { LedgerUnavailableError } from './ledger/ledger-unavailable-error.ts';
export { LedgerWriteError } from './ledger/ledger-write-error.ts';
export { type OpenLedgerOptions, openLedger } from './ledger/open-ledger.ts';
export { PayloadDamagedError } from './ledger/payload-damaged-error.ts';
export { PayloadMissingError } from './ledger/payload-missing-error.ts';
export { type LedgerVerification, type VerifyLedgerOptions, verifyLedger } from './ledger/verify-ledger.ts';
export type { Support } from './seam/adapter-capabilities.ts';
export type { Clock } from './seam/clock.ts';
export type { Duty } from './seam/duty.ts';
export type { JobAdapter } from './seam/job-adapter.ts';
export type { Logger } from './seam/logger.ts';
export type { Explanation } from './seam/observation.ts';
export type { DependencyCondition } from './seam/part.ts';
export type { PlannedFeature, SubmissionPlan } from './seam/submission-plan.ts';
export { FAILURE_REASONS, type FailureReason } from './state/failure-reason.ts';
export { type FinalState, JOB_STATES, type JobState } from './state/job-state.ts';
export type { FinalStatus, JobStatus, LiveStatus } from './state/job-status.ts';
export type { LogLine } from './state/log-line.ts';
export type { Usage } from './state/usage.ts';
export type { JobEvent } from './streams/event-stream.ts';
export type { JobStream, Streamed, Streaming } from './streams/job-stream.ts';
export type { LogStream } from './streams/log-stream.ts';
export type { Json } from './util/json.ts';
export type { Waiting } from './util/waiting.ts';
