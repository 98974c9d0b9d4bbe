export type { FakeCreation } from './fake/backend-state.ts';
export {
  createFakeAdapter,
  type FakeAdapter,
  type FakeAdapterOptions,
  type SharedFakeOptions,
} from './fake/create-fake-adapter.ts';
export { createFakeBackend, type FakeBackend, type FakeJobId, type OfTask } from './fake/fake-backend.ts';
export type {
  FakeBackendOptions,
  FakeContent,
  FakeEnd,
  FakeFailure,
  FakeFiles,
  FakeLines,
  FakeLogLine,
  FakePhase,
  FakeScript,
  FakeSuccess,
} from './fake/fake-options.ts';
export type { FakeRun } from './fake/native-object.ts';
export type { ScriptContext, Scripted, SubmittedTask } from './fake/scripted.ts';
export { callFails } from './faults/call-fails.ts';
export { cutShort } from './faults/cut-short.ts';
export { damagedBytes } from './faults/damaged-bytes.ts';
export { duplicated } from './faults/duplicated.ts';
export { earlierAttempt } from './faults/earlier-attempt.ts';
export { emptyPage } from './faults/empty-page.ts';
export { errorText } from './faults/error-text.ts';
export type { Fault, FaultableMethod, FaultyCall } from './faults/fault.ts';
export { createFaults, type Faults, type Injection } from './faults/faults.ts';
export { foreignRows } from './faults/foreign-rows.ts';
export { type FrozenFault, frozen } from './faults/frozen.ts';
export { InjectedFaultError } from './faults/injected-fault-error.ts';
export { notSeen } from './faults/not-seen.ts';
export { partialSweep } from './faults/partial-sweep.ts';
export { reordered } from './faults/reordered.ts';
export { replyLost } from './faults/reply-lost.ts';
export { seededRandom } from './faults/seeded-random.ts';
export { sentTwice } from './faults/sent-twice.ts';
export { shortPage } from './faults/short-page.ts';
export { stale } from './faults/stale.ts';
export { stateGoesBack } from './faults/state-goes-back.ts';
export { type ThrottledFault, type ThrottledOptions, type ThrottleWindow, throttled } from './faults/throttled.ts';
export { unknownOutcome } from './faults/unknown-outcome.ts';
export { unreadableRow } from './faults/unreadable-row.ts';
export { absentUnfenced } from './faults/violations/absent-unfenced.ts';
export { endsEarly } from './faults/violations/ends-early.ts';
export { linesTwice } from './faults/violations/lines-twice.ts';
export { outcomesSwapped } from './faults/violations/outcomes-swapped.ts';
export { successInvented } from './faults/violations/success-invented.ts';
export {
  always,
  both,
  during,
  everyNth,
  first,
  nth,
  type Occasion,
  type When,
  withProbability,
} from './faults/when.ts';
export { withFaults } from './faults/with-faults.ts';
export { type ManualClock, type ManualClockOptions, manualClock, type RunOptions } from './manual-clock.ts';
export { NeverSettlesError } from './never-settles-error.ts';
