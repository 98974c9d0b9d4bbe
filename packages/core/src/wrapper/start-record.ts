import type { Attempt } from '../ids/attempt.ts';
import { type ProcessIdentity, parseProcessIdentity } from './process-identity.ts';
import { ATTEMPT_SHAPE, RecordFields, wholeLines } from './record-fields.ts';

/** The command runs, from the file `start`. */
export interface StartRecord {
  readonly attempt: Attempt;
  /** The wrapper. */
  readonly process: ProcessIdentity;
  /** Leader of its own process group (where `commandLeads`): what is left of it is killed by `kill(-commandPid)`. */
  readonly commandPid: number;
  /** Like `ProcessIdentity.startTime`: look before you kill. */
  readonly commandStartTime: string;
  /** Whether the command has a process group of its own; without `setsid` and without bash it may not. */
  readonly commandLeads: boolean;
  readonly host?: string;
  readonly startedAt: Date;
}

/** `undefined` when torn; throws `RecordDamagedError` when whole but nonsense. */
export function parseStartRecord(text: string): StartRecord | undefined {
  const lines = wholeLines(text);
  if (lines === undefined) {
    return undefined;
  }
  const fields = new RecordFields('start', lines);
  return {
    attempt: fields.matching<Attempt>('attempt', ATTEMPT_SHAPE),
    process: parseProcessIdentity(fields),
    commandPid: fields.integer('command'),
    commandStartTime: fields.matching('command-birth', /^(?:\d{1,20}|-)$/),
    commandLeads: fields.text('group') === 'own',
    ...(fields.has('host') ? { host: fields.text('host') } : {}),
    startedAt: fields.instant('started'),
  };
}
