import { NotRecordedError } from '../errors/not-recorded-error.ts';
import type { JobRef } from '../ids/job-ref.ts';
import type { JobHistory } from '../ledger/job-history.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { decodeRef } from '../seam/encode-ref.ts';
import type { WholeSubject } from '../tracker/subject.ts';
import { cancelDuplicates } from './cancel-duplicates.ts';
import type { ComposedJobs } from './composed-jobs.ts';
import { isHistoryOf, mergeSubmissions, refOfHistory } from './job-history-ref.ts';
import type { Lane, Lanes } from './lanes.ts';
import { needsComposing } from './needs-composing.ts';
import { trackJob } from './track-job.ts';

export interface Found {
  readonly subject: WholeSubject;
  readonly ref: JobRef;
  /** The task of an array that the ref names. */
  readonly child?: number;
}

export interface FindOptions {
  readonly signal?: AbortSignal;
  /** Never take the job over from a session that died. */
  readonly watchOnly?: boolean;
}

/** Finds jobs by ref or by what the ledger knows, as the one object of this client that follows each. */
export class JobFinder {
  readonly #lanes: Lanes;
  readonly #ledger: () => Promise<Ledger>;
  readonly #composed: () => Promise<ComposedJobs>;

  constructor(lanes: Lanes, ledger: () => Promise<Ledger>, composed: () => Promise<ComposedJobs>) {
    this.#lanes = lanes;
    this.#ledger = ledger;
    this.#composed = composed;
  }

  /** @throws InvalidRefError, WrongTargetError @throws NotRecordedError for a job not sent yet, on another ledger */
  async byRef(text: string, { signal, watchOnly = false }: FindOptions = {}): Promise<Found> {
    const { child, ...ref } = decodeRef(text);
    const lane = await this.#lanes.reaching(ref.target, signal);
    const ledger = await this.#ledger();
    const known = await ledger.readJob(ref.key);
    const history = known && isHistoryOf(known, ref) ? known : undefined;
    if (history && !watchOnly) await cancelDuplicates(lane.slot, ledger, history);
    const ofChild = child === undefined ? {} : { child };
    if (history && needsComposing(history)) {
      return { subject: await this.ofHistory(lane, history, watchOnly), ref, ...ofChild };
    }
    const submissions = history
      ? mergeSubmissions(ref.submissions, refOfHistory(history).submissions)
      : ref.submissions;
    if (submissions.length === 0) {
      throw new NotRecordedError(
        `The job ${JSON.stringify(ref.key)} had not been sent to its backend when this ref was taken: only clients on the ledger it was submitted with know what became of it. Open that one: createClient({ ledger: … }).`,
      );
    }
    const merged = { ...ref, submissions };
    const isOnePart = submissions.length === 1 && submissions[0]?.parts.length === 1;
    if (isOnePart) return { subject: trackJob(lane.slot, merged, history), ref, ...ofChild };
    const jobs = await this.#composed();
    const composed = history ? await jobs.of(lane.slot, history) : jobs.ofRef(lane.slot, merged);
    return { subject: composed.subject, ref, ...ofChild };
  }

  /** A job of this ledger. One whose owner is dead is taken over, unless only watching. */
  async ofHistory(lane: Lane, history: JobHistory, watchOnly: boolean): Promise<WholeSubject> {
    if (!needsComposing(history)) return trackJob(lane.slot, refOfHistory(history), history);
    const jobs = await this.#composed();
    const job = await jobs.of(lane.slot, history);
    if (job.subject.duties.length === 0 || jobs.isOwned(job)) return job.subject;
    if (watchOnly || !(await jobs.takeOver(lane, job))) jobs.watch(lane, job, watchOnly);
    return job.subject;
  }
}
