import type { Attempt } from '../ids/attempt.ts';
import type { FailureReason } from '../state/failure-reason.ts';
import { ATTEMPT_SHAPE, RecordFields, wholeLines } from './record-fields.ts';

/** The command has ended, from the file `end`. */
export interface EndRecord {
  readonly attempt: Attempt;
  /** Absent when a signal ended it, and when the shell lost it (bash, a signal in the moment of the end): `reason` is `unknown` then. */
  readonly exitCode?: number;
  /** A shell sees 128 + n for both: exit codes 129–159 that a deadly signal could have made are taken for the signal. */
  readonly signal?: number;
  /** Where the wrapper itself knows why. */
  readonly reason?: FailureReason;
  /** One line that goes with `reason`: `command not found: "…"`. */
  readonly note?: string;
  /** Index into the task's outputs of the first required one that is not there. */
  readonly missingOutput?: number;
  /** The wrapper was sent TERM and passed it on. */
  readonly terminated?: true;
  readonly startedAt: Date;
  readonly endedAt: Date;
  /** Of the command and all it waited for. */
  readonly cpuSeconds?: number;
  readonly peakMemoryBytes?: number;
  /** Another native job holds the claim; nothing was run. */
  readonly refused?: true;
}

const TIMES = /^(\d+)m(\d+(?:[.,]\d+)?)s (\d+)m(\d+(?:[.,]\d+)?)s$/;

/** `undefined` when torn; throws `RecordDamagedError` when whole but nonsense. */
export function parseEndRecord(text: string): EndRecord | undefined {
  const lines = wholeLines(text);
  if (lines === undefined) {
    return undefined;
  }
  // What `times` said comes first: the shell itself, then its children.
  const times = lines.slice(0, 2).filter((line) => TIMES.test(line));
  const fields = new RecordFields('end', lines.slice(times.length));
  const isSignal = fields.has('signal');
  if (!isSignal && !fields.has('exit') && !fields.has('lost') && !fields.has('refused')) {
    throw fields.damaged("it has neither 'exit' nor 'signal'");
  }
  const cpuSeconds = commandSeconds(times, fields);
  return {
    attempt: fields.matching<Attempt>('attempt', ATTEMPT_SHAPE),
    ...(fields.has('exit') ? { exitCode: fields.integer('exit') } : {}),
    ...(isSignal ? { signal: fields.integer('signal') } : {}),
    ...(fields.has('reason') ? { reason: fields.reason('reason') } : {}),
    ...(fields.has('note') ? { note: fields.text('note') } : {}),
    ...(fields.has('missing') ? { missingOutput: fields.integer('missing') } : {}),
    ...(fields.has('terminated') ? { terminated: true } : {}),
    startedAt: fields.instant('started'),
    endedAt: fields.instant('ended'),
    ...(cpuSeconds === undefined ? {} : { cpuSeconds }),
    ...(fields.has('memory') ? { peakMemoryBytes: fields.integer('memory') } : {}),
    ...(fields.has('refused') ? { refused: true } : {}),
  };
}

/** The children's time at the command's end, less what earlier tasks of the same shell had used. */
function commandSeconds(times: readonly string[], fields: RecordFields): number | undefined {
  const after = fields.has('used') ? fields.text('used') : times[1];
  if (after === undefined) {
    return undefined;
  }
  const before = fields.has('before') ? toSeconds(fields.text('before'), fields) : 0;
  return Math.max(0, Math.round((toSeconds(after, fields) - before) * 1e6) / 1e6);
}

function toSeconds(line: string, fields: RecordFields): number {
  const match = TIMES.exec(line);
  if (match === null) {
    throw fields.damaged(`it has ${JSON.stringify(line)} for a time`);
  }
  const [, userMinutes, user = '', systemMinutes, system = ''] = match;
  return (
    Number(userMinutes) * 60 +
    Number(user.replace(',', '.')) +
    Number(systemMinutes) * 60 +
    Number(system.replace(',', '.'))
  );
}
