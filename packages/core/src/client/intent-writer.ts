import type { TaskRange } from '../ids/job-ref.ts';
import { partToken } from '../ids/part-token.ts';
import { countTasks, unionOfTasks } from '../ids/task-ranges.ts';
import type { JobHistory } from '../ledger/job-history.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { IntentEntry, JobChange, RecordedPart } from '../ledger/ledger-record.ts';
import type { StateCounts } from '../seam/observation.ts';
import type { PartKey } from '../seam/part.ts';
import { cutTasks } from './cut-tasks.ts';
import type { DutyPlan } from './duty-plan.ts';
import { standingIntent } from './job-history-ref.ts';
import type { KeyOwnership } from './key-ownership.ts';
import { PartNotClaimed } from './part-not-claimed.ts';
import { dutyName } from './recorded-parts.ts';
import { submissionClaim } from './submission-claim.ts';

interface Cut {
  readonly tasks?: readonly TaskRange[];
  readonly change?: JobChange;
}

/** Records later submissions of a job that the ledger knows: each number by one session only. */
export class IntentWriter {
  readonly #ledger: Ledger;
  readonly #ownership: KeyOwnership;
  readonly #itemsPerPart: number;
  /** Tasks are sent in turn: an intent names no parts. */
  readonly #isWindowed: boolean;

  constructor(ledger: Ledger, ownership: KeyOwnership, { itemsPerPart = 1, window }: DutyPlan) {
    this.#ledger = ledger;
    this.#ownership = ownership;
    this.#itemsPerPart = itemsPerPart;
    this.#isWindowed = window !== undefined;
  }

  /** Groups of tasks as parts that one native array each can take. */
  #cut(groups: readonly Cut[]): readonly Cut[] {
    return groups.flatMap(({ tasks, change }): readonly Cut[] => {
      const ofChange = change ? { change } : {};
      if (!tasks) return [ofChange];
      return cutTasks(tasks, this.#itemsPerPart).map((part) => ({ tasks: part, ...ofChange }));
    });
  }

  /** Claims and records submission `number`. @throws PartNotClaimed when another session has it */
  async again(
    history: JobHistory,
    number: number,
    groups: readonly Cut[],
    more: Pick<IntentEntry, 'retries' | 'reason'> & {
      readonly duties?: readonly string[];
      readonly replaces?: StateCounts;
    },
  ): Promise<readonly PartKey[]> {
    const { key } = history;
    const name = submissionClaim(key, number);
    const claim = await this.#ledger.claim(name);
    if (claim.type === 'held') {
      const mayGoOn = await this.#ownership.takeOver(name, claim.by.session);
      // Whose claim it was may have recorded it before dying.
      const isRecorded = (await this.#ledger.readJob(key))?.intents.some(({ submission }) => submission === number);
      if (!mayGoOn || isRecorded) throw new PartNotClaimed(key, `submission ${number}`);
    }
    const cuts = this.#isWindowed ? [] : this.#cut(groups);
    const keys = cuts.map(
      (_, part): PartKey => ({ key, submission: number, part, token: partToken(this.#ledger.id, key, number, part) }),
    );
    const parts = cuts.map((cut, part): RecordedPart => ({ part, token: keys[part]?.token ?? '', ...cut }));
    const changes = groups.flatMap(({ change, tasks: own }) =>
      change ? [{ change, ...(own ? { tasks: own } : {}) }] : [],
    );
    const tasks = unionOfTasks(groups.flatMap((group) => group.tasks ?? []));
    const {
      n: _n,
      prev: _prev,
      at: _at,
      again: _again,
      tasks: _tasks,
      retries: _retries,
      replaces: _replaces,
      reason: _reason,
      changes: _changes,
      ...first
    } = standingIntent(history) as IntentEntry & { n?: number; prev?: string; at?: string; again?: unknown };
    await this.#ledger.append({
      ...first,
      submission: number,
      parts,
      ...(tasks.length > 0 ? { tasks, replaces: more.replaces ?? { failed: countTasks(tasks) } } : {}),
      ...(more.retries ? { retries: more.retries } : {}),
      ...(changes.length > 0 ? { changes } : {}),
      ...(more.reason === undefined ? {} : { reason: more.reason }),
      duties: [...(more.duties ?? []), ...(this.#isWindowed ? [dutyName('next-part', number)] : [])],
    });
    return keys;
  }
}
