import type { JobRef } from '../ids/job-ref.ts';
import { countTasks, withoutTasks } from '../ids/task-ranges.ts';
import type { JobHistory } from '../ledger/job-history.ts';
import type { EndRecord } from '../ledger/ledger-record.ts';
import type { FailureReason } from '../state/failure-reason.ts';
import type { FinalStatus, LiveStatus } from '../state/job-status.ts';
import type { AdapterSlot } from '../tracker/adapter-slot.ts';
import type { ComposedPart, PartFate } from '../tracker/composed-part.ts';
import { type ComposedState, ComposedSubject } from '../tracker/composed-subject.ts';
import { JobSubject } from '../tracker/job-subject.ts';
import { parseFinalStatus, standingIntent } from './job-history-ref.ts';
import { type KnownPart, knownParts, openDuties, standingIntents, tasksOf } from './recorded-parts.ts';
import { refusedStatus } from './refused-status.ts';

export interface ComposedJobOptions {
  readonly slot: AdapterSlot;
  readonly history: JobHistory;
  /** Failures that core itself tries again for this job. */
  readonly retried: ReadonlySet<FailureReason>;
  readonly onEnd: (job: ComposedJob, status: FinalStatus) => Promise<void>;
  readonly reread: (job: ComposedJob) => Promise<void>;
}

/** A job of several parts, as its history and the trackers of its parts tell it. */
export class ComposedJob {
  readonly subject: ComposedSubject;
  readonly retried: ReadonlySet<FailureReason>;
  readonly slot: AdapterSlot;
  readonly #parts = new Map<string, ComposedPart>();
  history: JobHistory;
  /** Where it is while nothing of it is alive, by whoever acts for it here. */
  #waiting: LiveStatus | undefined;
  #isOwnerDead = false;

  constructor({ slot, history, retried, onEnd, reread }: ComposedJobOptions) {
    this.slot = slot;
    this.history = history;
    this.retried = retried;
    const { target, jobHash, kind, count, places } = standingIntent(history);
    this.subject = new ComposedSubject(
      {
        slot,
        base: {
          version: 1,
          target,
          key: history.key,
          jobHash,
          kind,
          ...(count === undefined ? {} : { count }),
          places,
        },
        onEnd: (status) => onEnd(this, status),
        reread: () => reread(this),
      },
      this.#compose(),
    );
    this.update(history);
  }

  get key(): string {
    return this.history.key;
  }

  /** Whether this is the job that the ledger now knows under its key: one that was refused is followed by another. */
  isOf(history: JobHistory): boolean {
    const [own, now] = [standingIntents(this.history)[0], standingIntents(history)[0]];
    return own?.jobHash === now?.jobHash && own?.submission === now?.submission;
  }

  /** Takes what the ledger says now. */
  update(history: JobHistory): void {
    this.history = history;
    const end = history.end && history.end.part === undefined ? parseFinalStatus(history.end.status) : undefined;
    this.subject.update(this.#compose(), end);
  }

  /** Shows where the job is while nothing of it is alive. */
  wait(waiting: LiveStatus | undefined): void {
    this.#waiting = waiting;
    this.subject.update(this.#compose());
  }

  ownerIsDead(isDead: boolean): void {
    if (this.#isOwnerDead === isDead) return;
    this.#isOwnerDead = isDead;
    this.subject.update(this.#compose());
  }

  #compose(): ComposedState {
    const intents = standingIntents(this.history);
    const duties = openDuties(this.history);
    const count = intents[0]?.count;
    const known = knownParts(this.history, intents);
    const parts = known.map((one, index) => this.#part(one, fateOf(one, known.slice(index + 1), duties.length > 0)));
    const waiting = this.#waiting ?? this.#held();
    return {
      ...(count === undefined ? {} : { count }),
      submissions: intents.map((intent) => {
        const tasks = tasksOf(intent);
        const { submission, replaces } = intent;
        return { number: submission, ...(tasks ? { tasks } : {}), ...(replaces ? { replaces } : {}) };
      }),
      parts,
      duties: [...new Set(duties.map(({ duty }) => duty))],
      // Also once that is decided: whoever reads the children page by page goes on with the same lists.
      retried: this.history.duties.some(({ duty }) => duty.startsWith('retry')) ? this.retried : NONE,
      ...(waiting ? { waiting } : {}),
    };
  }

  /** By the ledger alone: what the job waits for while nobody here acts for it. */
  #held(): LiveStatus | undefined {
    const duties = openDuties(this.history);
    if (duties.length === 0) return undefined;
    const newest = this.history.intents.at(-1);
    const attempt = `${newest?.submission ?? 1}.0` as const;
    const at = this.#waiting?.at ?? new Date(newest?.at ?? 0);
    if (this.#isOwnerDead) return { state: 'held', attempt, at, waitingFor: 'owner' };
    if (duties.some(({ duty }) => duty === 'dependency'))
      return { state: 'held', attempt, at, waitingFor: 'dependency' };
    return undefined;
  }

  /** The same object as long as nothing changed: it holds the tracker's view of a native job. */
  #part(known: KnownPart, fate: PartFate): ComposedPart {
    const name = `${known.submission}.${known.part}`;
    const before = this.#parts.get(name);
    if (before?.fate === fate) return before;
    const { submission, part, tasks, outcome } = known;
    const composed: ComposedPart = {
      submission,
      part,
      ...(tasks ? { tasks } : {}),
      size: tasks ? countTasks(tasks) : 1,
      fate,
      ...(fate === 'accepted' && outcome?.nativeId !== undefined
        ? { subject: this.#follow(known, outcome.nativeId) }
        : {}),
      ...(fate === 'refused' && outcome?.error
        ? { refusal: refusedStatus(outcome.error, `${submission}.0`, new Date(outcome.at)) }
        : {}),
    };
    this.#parts.set(name, composed);
    return composed;
  }

  #follow({ submission, part, tasks }: KnownPart, nativeId: string): JobSubject {
    const { slot, history } = this;
    const { target, jobHash, kind, count, places } = standingIntent(history);
    const ref: JobRef = {
      version: 1,
      target,
      key: history.key,
      jobHash,
      submissions: [{ number: submission, parts: [{ nativeId, ...(tasks ? { tasks } : {}) }] }],
      kind,
      ...(count === undefined ? {} : { count }),
      places,
    };
    const end = endOfPart(history, submission, part);
    const status = end
      ? parseFinalStatus(end.status)
      : ({ state: 'queued', attempt: `${submission}.0`, at: slot.now() } as const);
    const job = slot.tracker.track(ref, status);
    if (end && !job.details) {
      const { usage, counts, evidence } = end;
      job.details = { evidence, ...(usage ? { usage } : {}), ...(counts ? { counts } : {}) };
    }
    job.isRecorded = history.position.segment !== '';
    job.whole = { part, changed: () => this.subject.changedSoon() };
    return new JobSubject(slot, job);
  }
}

const NONE: ReadonlySet<FailureReason> = new Set();

/**
 * How a part ended. The end of a whole job says that only when the job was that part and nothing else: before it was tried
 * again, when nobody had a reason to tell the two apart.
 */
function endOfPart(history: JobHistory, submission: number, part: number): EndRecord | undefined {
  const isOf = ({ attempt }: EndRecord) => attempt.startsWith(`${submission}.`);
  const own = history.partEnds.filter(isOf);
  if (own.length > 0) return own.findLast((one) => one.part === part);
  const [first] = standingIntents(history);
  const wasAlone = first?.submission === submission && first.duties.length === 0 && first.parts.length === 1;
  return wasAlone && part === 0 ? history.ends.findLast(isOf) : undefined;
}

/** A refusal that may pass counts for nothing once another part has taken its place, or while somebody is there to send one. */
function fateOf({ outcome, tasks }: KnownPart, later: readonly KnownPart[], hasDuties: boolean): PartFate {
  if (outcome === undefined) return 'pending';
  if (outcome.outcome !== 'refused' || !outcome.error?.retryable) return outcome.outcome;
  const isReplaced = tasks
    ? withoutTasks(
        tasks,
        later.flatMap((one) => one.tasks ?? []),
      ).length === 0
    : later.length > 0;
  return hasDuties || isReplaced ? 'absent' : 'refused';
}
