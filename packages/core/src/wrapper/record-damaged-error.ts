import { ScijobError } from '../errors/scijob-error.ts';

/** A task's record is whole (it has its last line) but says nonsense: somebody else wrote it, or another version did. */
export class RecordDamagedError extends ScijobError {
  /** `claim`, `start`, `end`, `outputs` or `stop`. */
  readonly record: string;

  constructor(record: string, problem: string) {
    super(
      'RECORD_DAMAGED',
      `The ${record} record of a task is whole but cannot be believed: ${problem}. Look at the file '${record}' in the task's folder; nothing is concluded from it.`,
    );
    this.record = record;
  }

  static {
    Object.defineProperty(RecordDamagedError.prototype, 'name', { value: 'RecordDamagedError', configurable: true });
  }
}
