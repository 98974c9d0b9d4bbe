import { type Attempt, compareAttempts } from '../ids/attempt.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { AttemptEntry, EndEntry } from '../ledger/ledger-record.ts';
import type { Logger } from '../seam/logger.ts';
import type { FinalStatus } from '../state/job-status.ts';
import { partCounts } from '../tracker/composed-part.ts';
import type { TrackedJob } from '../tracker/tracked-job.ts';
import type { Json } from '../util/json.ts';
import type { ComposedJob } from './composed-job.ts';
import { formatFinalStatus, parseFinalStatus } from './job-history-ref.ts';

/** Writes down how jobs ended, before anybody is shown it. */
export class EndRecorder {
  readonly #ledger: () => Promise<Ledger | undefined>;
  readonly #logger: Logger;

  constructor(ledger: () => Promise<Ledger | undefined>, logger: Logger) {
    this.#ledger = ledger;
    this.#logger = logger;
  }

  /** Gives what another session saw, where this one would call it lost: that is evidence. */
  async ofNative(job: TrackedJob, status: FinalStatus): Promise<FinalStatus | undefined> {
    if (!job.isRecorded) return undefined;
    const { details, whole } = job;
    const known = status.state === 'lost' ? await this.#endSeen(job) : undefined;
    if (known) return known;
    await this.#append({
      type: 'end',
      key: job.ref.key,
      attempt: status.attempt,
      ...(whole ? { part: whole.part } : {}),
      status: formatFinalStatus(status),
      evidence: details?.evidence ?? null,
      ...(details?.usage === undefined ? {} : { usage: details.usage }),
      ...(details?.counts === undefined ? {} : { counts: details.counts }),
    });
    return undefined;
  }

  async #endSeen({ ref, whole, status }: TrackedJob): Promise<FinalStatus | undefined> {
    const number = ref.submissions[0]?.number;
    try {
      const history = await (await this.#ledger())?.readJob(ref.key);
      const end = [...(history?.partEnds ?? []), ...(whole ? [] : (history?.ends ?? []))].findLast(
        ({ attempt, part }) =>
          part === whole?.part && attempt.startsWith(`${number}.`) && compareAttempts(attempt, status.attempt) >= 0,
      );
      return end && end.status.state !== 'lost' ? parseFinalStatus(end.status) : undefined;
    } catch {
      return undefined;
    }
  }

  /** The end of a job of several parts; that of each part is written down by itself, with its evidence. */
  async ofWhole({ history, subject, key }: ComposedJob, status: FinalStatus): Promise<void> {
    if (history.position.segment === '') return;
    const { counts, usage, state } = subject;
    const parts = state.parts.map((part) => ({
      part: `${part.submission}.${part.part}`,
      fate: part.fate,
      counts: partCounts(part, status.at),
    }));
    await this.#append({
      type: 'end',
      key,
      attempt: status.attempt,
      status: formatFinalStatus(status),
      evidence: { parts: parts.slice(-EVIDENCE_PARTS) },
      ...(usage === undefined ? {} : { usage }),
      ...(counts === undefined ? {} : { counts }),
    });
  }

  /** The backend began to run a native job again, by itself. */
  async ofAttempt(job: TrackedJob, attempt: Attempt, evidence: Json): Promise<void> {
    if (!job.isRecorded) return;
    const nativeId = job.ref.submissions[0]?.parts[0]?.nativeId;
    const part = job.whole ? { part: job.whole.part } : {};
    await this.#append({
      type: 'attempt',
      key: job.ref.key,
      attempt,
      ...part,
      ...(nativeId ? { nativeId } : {}),
      evidence,
    });
  }

  async #append(entry: EndEntry | AttemptEntry): Promise<void> {
    try {
      await (await this.#ledger())?.append(entry);
    } catch (error) {
      // The end stays observable at the backend; only the ledger does not have it yet.
      this.#logger.warn(
        { key: entry.key, err: error },
        `The ${entry.type} of a job could not be written to the ledger.`,
      );
    }
  }
}

/** The newest parts are enough of a summary: each end stands in the ledger by itself. */
const EVIDENCE_PARTS = 100;
