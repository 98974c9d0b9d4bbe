import type { TaskRange } from '../ids/job-ref.ts';
import { partToken } from '../ids/part-token.ts';
import { commonTasks } from '../ids/task-ranges.ts';
import type { JobHistory } from '../ledger/job-history.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { JobChange, PartEntry } from '../ledger/ledger-record.ts';
import type { Refusal } from '../seam/outcomes.ts';
import type { PartKey } from '../seam/part.ts';
import type { ComposedJob } from './composed-job.ts';
import type { KeyOwnership } from './key-ownership.ts';
import { PartNotClaimed } from './part-not-claimed.ts';
import { knownParts, standingIntents } from './recorded-parts.ts';

export interface PartRecorderOptions {
  readonly job: ComposedJob;
  readonly ledger: Ledger;
  readonly ownership: KeyOwnership;
  readonly reread: () => Promise<JobHistory>;
}

/** Records parts that an owner sends later than the intent, or never: each number by one session only. */
export class PartRecorder {
  readonly #options: PartRecorderOptions;

  constructor(options: PartRecorderOptions) {
    this.#options = options;
  }

  /** Tasks that will never run: a part that is refused by us. */
  async refuse(history: JobHistory, tasks: readonly TaskRange[] | undefined, error: Refusal): Promise<void> {
    const { ledger, reread, job } = this.#options;
    const { submission, part, key } = await this.record(history, tasks);
    await ledger.append({ type: 'outcome', key, submission, part, outcome: 'refused', error });
    job.update(await reread());
  }

  /** The next part of the newest submission, under an exclusive claim. */
  async record(history: JobHistory, tasks: readonly TaskRange[] | undefined): Promise<PartKey> {
    const { ledger, job } = this.#options;
    const submission = history.intents.at(-1)?.submission ?? 1;
    const known = knownParts(job.history, standingIntents(job.history));
    const part = Math.max(-1, ...known.filter((one) => one.submission === submission).map((one) => one.part)) + 1;
    const key: PartKey = { key: job.key, submission, part, token: partToken(ledger.id, job.key, submission, part) };
    const name = `${job.key}\0${submission}\0${part}`;
    const claim = await ledger.claim(name);
    // Somebody else believes to be the owner, and was quicker: read again before anything is sent.
    if (claim.type === 'held' && !(await this.#options.ownership.takeOver(name, claim.by.session))) {
      throw new PartNotClaimed(job.key, `part ${part} of submission ${submission}`);
    }
    const change = changeFor(history, tasks);
    const entry: PartEntry = { type: 'part', ...key, ...(tasks ? { tasks } : {}), ...(change ? { change } : {}) };
    await ledger.append(entry);
    return key;
  }
}

/** What the newest submission changes for these tasks. All tasks of a part are changed alike. */
function changeFor(history: JobHistory, tasks: readonly TaskRange[] | undefined): JobChange | undefined {
  const changes = history.intents.at(-1)?.changes ?? [];
  if (!tasks) return changes[0]?.change;
  return changes.find((one) => commonTasks(one.tasks ?? [], tasks).length > 0)?.change;
}
