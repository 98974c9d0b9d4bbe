import { FAILURE_REASONS, type FailureReason } from '../state/failure-reason.ts';
import { RecordDamagedError } from './record-damaged-error.ts';

const END_MARK = '\ndone\n';

/** The lines before the last line `done`; `undefined` when that is not there (yet): the record is torn. */
export function wholeLines(text: string): readonly string[] | undefined {
  return text.endsWith(END_MARK) ? text.slice(0, -END_MARK.length).split('\n') : undefined;
}

/** The `name value` lines of one whole record, each read as what it must be. */
export class RecordFields {
  readonly #record: string;
  readonly #values: ReadonlyMap<string, string>;

  constructor(record: string, lines: readonly string[]) {
    this.#record = record;
    const values = new Map<string, string>();
    for (const line of lines) {
      const space = line.indexOf(' ');
      const name = space < 0 ? line : line.slice(0, space);
      if (values.has(name)) {
        throw this.damaged(`it has '${name}' twice`);
      }
      values.set(name, space < 0 ? '' : line.slice(space + 1));
    }
    this.#values = values;
  }

  damaged(problem: string): RecordDamagedError {
    return new RecordDamagedError(this.#record, problem);
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  text(name: string): string {
    const value = this.#values.get(name);
    if (value === undefined || value === '') {
      throw this.damaged(`it has no '${name}'`);
    }
    return value;
  }

  matching<Value extends string = string>(name: string, shape: RegExp): Value {
    const value = this.text(name);
    if (!shape.test(value)) {
      throw this.damaged(`its '${name}' is ${JSON.stringify(value)}`);
    }
    return value as Value;
  }

  integer(name: string): number {
    return Number(this.matching(name, /^\d{1,15}$/));
  }

  /** Seconds since 1970, with hundredths where the machine tells them. */
  instant(name: string): Date {
    return new Date(Math.round(Number(this.matching(name, /^\d{1,11}(\.\d{1,3})?$/)) * 1000));
  }

  reason(name: string): FailureReason {
    const value = this.text(name);
    const reason = FAILURE_REASONS.find((known) => known === value);
    if (reason === undefined) {
      throw this.damaged(`its '${name}' is ${JSON.stringify(value)}`);
    }
    return reason;
  }
}

export const ATTEMPT_SHAPE = /^\d{1,9}\.\d{1,9}$/;
