// The wrapper that runs every task on every backend: its text, its argument file, its records. For adapters.
export { type ClaimRecord, FENCED, parseClaimRecord, toFence } from './wrapper/claim-record.ts';
export { type EndRecord, parseEndRecord } from './wrapper/end-record.ts';
export { type OutputRecord, parseOutputRecords } from './wrapper/output-record.ts';
export type { ProcessIdentity } from './wrapper/process-identity.ts';
export { RecordDamagedError } from './wrapper/record-damaged-error.ts';
export { parseStartRecord, type StartRecord } from './wrapper/start-record.ts';
export { parseStopRecord, type StopRecord, toStopRecord } from './wrapper/stop-record.ts';
export { toArgumentFile } from './wrapper/to-argument-file.ts';
export { type EndContext, toEndStatus } from './wrapper/to-end-status.ts';
export {
  ITEM_ENVIRONMENT_LIMIT,
  type TaskEnvironmentValues,
  toTaskEnvironment,
} from './wrapper/to-task-environment.ts';
export type { WrapperOutput, WrapperTask } from './wrapper/wrapper-task.ts';
export { REFUSED_EXIT_CODE, WRAPPER_TEXT } from './wrapper/wrapper-text.ts';
