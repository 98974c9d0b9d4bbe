import type { FakeRun, FakeTask } from './native-object.ts';

/** How often the science of each task really ran: what tests judge by. It only grows. */
export class RunRecord {
  readonly runs: FakeRun[] = [];
  /** How many times each item of each key was begun. */
  readonly #begun = new Map<string, number[]>();

  /** Which time this task is begun under its key: 1, 2, … */
  begin({ object, index }: FakeTask): number {
    let begun = this.#begun.get(object.key.key);
    if (!begun) {
      begun = [];
      this.#begun.set(object.key.key, begun);
    }
    const run = (begun[index] ?? 0) + 1;
    begun[index] = run;
    return run;
  }

  /** One that refused itself was no run: the next one has its number. */
  takeBack({ object, index, run }: FakeTask): void {
    const begun = this.#begun.get(object.key.key);
    if (begun) begun[index] = run - 1;
  }

  start(task: FakeTask, startedAt: Date): void {
    const { object, index, attempt } = task;
    const { key, submission, token } = object.key;
    task.science = { nativeId: object.nativeId, token, key, submission, index, attempt, startedAt };
    this.runs.push(task.science);
  }

  end({ science }: FakeTask, end: NonNullable<FakeRun['end']>, endedAt: Date): void {
    if (!science || science.end !== undefined) return;
    science.end = end;
    science.endedAt = endedAt;
  }
}
