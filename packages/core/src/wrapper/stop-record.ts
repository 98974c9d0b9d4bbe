import type { FailureReason } from '../state/failure-reason.ts';
import { RecordFields, wholeLines } from './record-fields.ts';

/** Why a task is about to be killed, written to the file `stop` by whoever kills it, before the kill. */
export interface StopRecord {
  readonly reason: FailureReason;
  readonly message: string;
  readonly at: Date;
}

export function toStopRecord({ reason, message, at }: StopRecord): string {
  return `reason ${reason}\nmessage ${JSON.stringify(message)}\nat ${at.toISOString()}\ndone\n`;
}

/** `undefined` when torn; throws `RecordDamagedError` when whole but nonsense. */
export function parseStopRecord(text: string): StopRecord | undefined {
  const lines = wholeLines(text);
  if (lines === undefined) {
    return undefined;
  }
  const fields = new RecordFields('stop', lines);
  const at = new Date(fields.text('at'));
  if (Number.isNaN(at.getTime())) {
    throw fields.damaged(`its 'at' is ${JSON.stringify(fields.text('at'))}`);
  }
  return { reason: fields.reason('reason'), message: parseMessage(fields), at };
}

function parseMessage(fields: RecordFields): string {
  const text = fields.text('message');
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    // Told below, with what was found.
  }
  if (typeof message !== 'string') {
    throw fields.damaged(`its 'message' is ${text}`);
  }
  return message;
}
