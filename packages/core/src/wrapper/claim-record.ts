import { type ProcessIdentity, parseProcessIdentity } from './process-identity.ts';
import { RecordFields, wholeLines } from './record-fields.ts';

/** Who claims a submission that nobody may run any more. */
export const FENCED = 'nobody';

/** Which native job runs this task, from the file `claim`. */
export interface ClaimRecord {
  /** `FENCED` when the task was claimed for nobody. */
  readonly nativeId: string;
  readonly process: ProcessIdentity;
}

/** `undefined` when torn; throws `RecordDamagedError` when whole but nonsense. */
export function parseClaimRecord(text: string): ClaimRecord | undefined {
  const lines = wholeLines(text);
  if (lines === undefined) {
    return undefined;
  }
  const fields = new RecordFields('claim', lines);
  return { nativeId: fields.text('native'), process: parseProcessIdentity(fields) };
}

/** The text of a `claim` for nobody. Create the file exclusively: only who created it has fenced the task. */
export function toFence(): string {
  return `native ${FENCED}\nboot -\npid 0\nbirth -\ndone\n`;
}
