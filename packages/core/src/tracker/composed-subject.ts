import { compareAttempts } from '../ids/attempt.ts';
import type { JobRef, SubmissionRef } from '../ids/job-ref.ts';
import { hasTask } from '../ids/task-ranges.ts';
import type { Duty } from '../seam/duty.ts';
import type {
  ArtifactInfo,
  ArtifactQuery,
  CancelTarget,
  ChildObservation,
  ChildQuery,
  LogPage,
  LogQuery,
  Page,
} from '../seam/observation.ts';
import type { FailureReason } from '../state/failure-reason.ts';
import { STATE_RANK } from '../state/job-state.ts';
import { type FinalStatus, isFinal, type JobStatus, type LiveStatus } from '../state/job-status.ts';
import type { AdapterSlot } from './adapter-slot.ts';
import { ChangeBell } from './change-bell.ts';
import { closedWhileWaiting } from './closed-while-waiting.ts';
import { listComposedChildren, mayBeRetried } from './composed-children.ts';
import { readComposed } from './composed-pages.ts';
import { type ComposedPart, partStatus } from './composed-part.ts';
import { type Composition, composedCounts, composedStatus, currentPart, tasksRunAgain } from './composed-status.ts';
import type { Finisher } from './end-waiter.ts';
import { EndedChildren } from './ended-children.ts';
import { finishAfter } from './finish-after.ts';
import { nextChange } from './next-change.ts';
import type { WholeSubject } from './subject.ts';

export interface ComposedState extends Composition {
  /** What the owner still has to decide or to do. */
  readonly duties: readonly Duty[];
  /** Where the job is while no part of it is alive. */
  readonly waiting?: LiveStatus;
  /** Failures that the owner tries again. */
  readonly retried: ReadonlySet<FailureReason>;
}

export interface ComposedOptions {
  readonly slot: AdapterSlot;
  /** Without its submissions. */
  readonly base: Omit<JobRef, 'submissions'>;
  /** Writes the end of the whole job down, before anybody is shown it. Must not reject. */
  readonly onEnd: (status: FinalStatus) => Promise<void>;
  /** Reads again what only the ledger knows, when somebody asks. */
  readonly reread?: () => Promise<void>;
}

/** A job of several parts, or submitted several times, or not yet: one job to whoever holds its handle. */
export class ComposedSubject implements WholeSubject {
  readonly slot: AdapterSlot;
  readonly endedChildren: EndedChildren;
  readonly #options: ComposedOptions;
  readonly #bell = new ChangeBell();
  readonly #partOfArtifact = new WeakMap<ArtifactInfo, ComposedPart>();
  #state: ComposedState;
  #status: JobStatus;
  #ending: FinalStatus | undefined;
  #isDue = false;
  #written: Promise<void> = Promise.resolve();

  constructor(options: ComposedOptions, state: ComposedState) {
    this.slot = options.slot;
    this.#options = options;
    this.#state = state;
    this.endedChildren = new EndedChildren(this);
    this.#status = { state: 'submitting', attempt: '1.0', at: options.slot.now() };
  }

  get state(): ComposedState {
    return this.#state;
  }

  get duties(): readonly Duty[] {
    return this.#state.duties;
  }

  get status(): JobStatus {
    return this.#status;
  }

  get generation(): number {
    return this.#state.submissions.length;
  }

  get version(): number {
    return this.#bell.version;
  }

  get ref(): JobRef {
    return { ...this.#options.base, submissions: submissionsOf(this.#state.parts) };
  }

  get nativeRef(): JobRef | undefined {
    return this.#newest?.subject?.ref;
  }

  get counts() {
    if (this.#state.count === undefined) return undefined;
    return composedCounts(this.#state, this.slot.now());
  }

  get usage() {
    return this.#state.count === undefined ? this.#newest?.subject?.usage : undefined;
  }

  nativeRefOf(child: number): JobRef | undefined {
    return currentPart(this.#state, child)?.subject?.ref;
  }

  /** Takes what is known now; an end that was written down already is shown at once. */
  update(state: ComposedState, written?: FinalStatus): void {
    this.#state = state;
    if (written && state.duties.length === 0) this.#status = written;
    this.changed();
  }

  /** Resolves when an end that is known is also written down, and shown. */
  whenWritten(): Promise<void> {
    return this.#written;
  }

  /** Once for all parts that one sweep changes. */
  changedSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      this.changed();
    });
  }

  /** Something happened to a part, or to what is known of the job. */
  changed(): void {
    const now = composedStatus(this.#state, this.slot.now());
    const shown = this.#shown(now);
    if (isFinal(shown)) this.#end(shown);
    else {
      // An end that is still being written is none any more: a later attempt has begun.
      this.#ending = undefined;
      const merged = merge(this.#status, shown);
      if (!isSame(merged, this.#status)) this.#status = merged;
    }
    this.#bell.ring();
  }

  #shown(now: JobStatus | undefined): JobStatus {
    const { waiting, duties } = this.#state;
    if (now !== undefined && !isFinal(now)) return now;
    if (duties.length === 0 && now !== undefined) return now;
    if (waiting) return waiting;
    const { attempt, at } = now ?? this.#status;
    return { state: now === undefined ? 'submitting' : 'finalizing', attempt, at };
  }

  /** An end is shown once it is written down. What is shown stays, until later evidence or a later attempt says otherwise. */
  #end(status: FinalStatus): void {
    const known = isFinal(this.#status) ? this.#status : this.#ending;
    if (known && isSame(known, status) && compareAttempts(known.attempt, status.attempt) === 0) return;
    this.#ending = status;
    if (!isFinal(this.#status) || compareAttempts(status.attempt, this.#status.attempt) > 0) {
      const { attempt, at } = status;
      this.#status = merge(this.#status, { state: 'finalizing', attempt, at });
    }
    this.#written = this.#options.onEnd(status).finally(() => {
      if (this.#ending !== status) return;
      this.#ending = undefined;
      this.#status = status;
      this.#bell.ring();
    });
  }

  async refresh(signal?: AbortSignal): Promise<JobStatus> {
    await this.#options.reread?.();
    if (isFinal(this.#status) && this.#status.state !== 'lost') return this.#status;
    await this.#liveParts[0]?.subject?.refresh(signal);
    return this.#status;
  }

  async look(signal?: AbortSignal): Promise<JobStatus> {
    await this.#options.reread?.();
    await this.#liveParts[0]?.subject?.look(signal);
    return this.#status;
  }

  whenEnded<T>(finisher: Finisher<T>, signal?: AbortSignal): Promise<T> {
    return finishAfter(this, finisher, signal);
  }

  async next(known: JobStatus, signal?: AbortSignal): Promise<JobStatus> {
    while (this.#status === known) await this.waitForChange(this.version, signal);
    return this.#status;
  }

  waitForChange(version: number, signal?: AbortSignal): Promise<void> {
    if (this.slot.closed) return Promise.reject(closedWhileWaiting());
    return nextChange(this.#bell, version, signal);
  }

  async readLogs(query: LogQuery, signal?: AbortSignal): Promise<LogPage> {
    const { child, cursor } = query;
    if (query.tailLines !== undefined) {
      const part = typeof child === 'number' ? currentPart(this.#state, child) : this.#newest;
      return part?.subject?.readLogs(query, signal) ?? { lines: [], cursor: '', end: false };
    }
    const ofChild = child === undefined ? {} : { child };
    const sources = this.#partsOf(child).map((part) => ({
      id: `${part.submission}.${part.part}`,
      isReady: part.subject !== undefined || isSettled(part),
      read: async (at: string | undefined) => {
        const asked = at === undefined ? ofChild : { ...ofChild, cursor: at };
        const page = (await part.subject?.readLogs(asked, signal)) ?? { lines: [], cursor: '', end: true };
        return { ...page, count: page.lines.length + (page.gap === undefined ? 0 : 1) };
      },
    }));
    const { page, cursor: next, end, at } = await readComposed(sources, cursor, isFinal(this.#status));
    const lines = page?.lines.map((line) => ({ ...line, cursor: at(line.cursor) })) ?? [];
    return { lines, cursor: next, end, ...(page?.gap === undefined ? {} : { gap: page.gap }) };
  }

  async listArtifacts(query: ArtifactQuery, signal?: AbortSignal): Promise<Page<ArtifactInfo>> {
    const { child, cursor } = query;
    const ofChild = child === undefined ? {} : { child };
    const isArray = this.#state.count !== undefined;
    // Of a job that is tried again, what the last attempt leaves counts; of an array, what each task's last attempt leaves.
    const parts = isArray ? this.#partsOf(child) : this.#newest ? [this.#newest] : [];
    const sources = parts.map((part) => ({
      id: `${part.submission}.${part.part}`,
      isReady: isSettled(part) || (isArray ? part.subject !== undefined : this.#isDecided(part)),
      read: async (at: string | undefined) => {
        const asked = at === undefined ? ofChild : { ...ofChild, cursor: at };
        const page = (await part.subject?.listArtifacts(asked, signal)) ?? { items: [], end: true };
        const again = tasksRunAgain(this.#state, part.submission);
        const items = page.items.filter((one) => typeof one.child !== 'number' || !hasTask(again, one.child));
        for (const item of items) this.#partOfArtifact.set(item, part);
        return { ...page, items, count: items.length };
      },
    }));
    const { page, cursor: next, end } = await readComposed(sources, cursor, isFinal(this.#status));
    return { items: page?.items ?? [], cursor: next, end };
  }

  async openArtifact(artifact: ArtifactInfo, signal?: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const { child } = artifact;
    const ofChild = typeof child === 'number' ? currentPart(this.#state, child) : this.#newest;
    const subject = (this.#partOfArtifact.get(artifact) ?? ofChild)?.subject;
    if (!subject) throw new TypeError(`No part of the job ${JSON.stringify(this.ref.key)} has left artifacts yet.`);
    return subject.openArtifact(artifact, signal);
  }

  async listChildren(query: ChildQuery, signal?: AbortSignal): Promise<Page<ChildObservation>> {
    const { retried, duties } = this.#state;
    if (query.index !== undefined) return this.#childRow(query.index, query, signal);
    const isComplete = isFinal(this.#status);
    return listComposedChildren(
      { composition: this.#state, retried, isDecided: duties.length === 0, isComplete },
      query,
    );
  }

  /** Children that have ended, those that may be tried again with them: what an owner decides by. */
  listEnded(query: ChildQuery): Promise<Page<ChildObservation>> {
    return listComposedChildren(
      { composition: this.#state, retried: new Set(), isDecided: true, isComplete: true },
      query,
    );
  }

  async #childRow(child: number, query: ChildQuery, signal?: AbortSignal): Promise<Page<ChildObservation>> {
    const part = currentPart(this.#state, child);
    const { attempt, at } = this.#status;
    if (!part?.subject) {
      const held: LiveStatus = { state: 'held', attempt, at };
      const status = part ? partStatus(part, at) : (this.#state.waiting ?? held);
      return { items: [{ child, status }], end: true };
    }
    const page = await part.subject.listChildren(query, signal);
    const mayRunAgain = (row: ChildObservation) => this.duties.length > 0 && mayBeRetried(row, this.#state.retried);
    const items = page.items.map((row): ChildObservation => {
      if (!mayRunAgain(row)) return row;
      return { child, status: { state: 'finalizing', attempt: row.status.attempt, at: row.status.at } };
    });
    return { ...page, items };
  }

  cancelTargets(): readonly CancelTarget[] {
    return this.#liveParts.flatMap(({ subject }) => (subject ? [{ ref: subject.ref }] : []));
  }

  /** Whether what this part left is what the job leaves: it will not be tried again. */
  #isDecided({ subject }: ComposedPart): boolean {
    return this.duties.length === 0 || subject?.status.state === 'succeeded';
  }

  get #liveParts(): readonly ComposedPart[] {
    return this.#state.parts.filter(
      ({ subject }) => subject && (!isFinal(subject.status) || subject.status.state === 'lost'),
    );
  }

  get #newest(): ComposedPart | undefined {
    return this.#state.parts.findLast(({ fate }) => fate === 'accepted');
  }

  #partsOf(child: number | string | undefined): readonly ComposedPart[] {
    if (typeof child !== 'number') return this.#state.parts;
    return this.#state.parts.filter(({ tasks = [] }) => hasTask(tasks, child));
  }
}

function submissionsOf(parts: readonly ComposedPart[]): readonly SubmissionRef[] {
  const byNumber = new Map<number, SubmissionRef>();
  for (const { submission, subject } of parts) {
    const own = subject?.ref.submissions[0]?.parts ?? [];
    if (own.length === 0) continue;
    byNumber.set(submission, { number: submission, parts: [...(byNumber.get(submission)?.parts ?? []), ...own] });
  }
  return [...byNumber.values()];
}

/** Order holds within an attempt: what has run stays so, and at most waits for something before it goes on. */
function merge(known: JobStatus, shown: LiveStatus): JobStatus {
  if (isFinal(known) || compareAttempts(shown.attempt, known.attempt) > 0) return shown;
  if (compareAttempts(shown.attempt, known.attempt) < 0) return known;
  if (STATE_RANK[shown.state] >= STATE_RANK[known.state]) return shown;
  const { waitingFor: _waitingFor, ...rest } = known;
  return shown.waitingFor === undefined ? rest : { ...rest, waitingFor: shown.waitingFor };
}

/** Nothing more comes from it. */
function isSettled({ fate }: ComposedPart): boolean {
  return fate === 'absent' || fate === 'refused';
}

function isSame(a: JobStatus, b: JobStatus): boolean {
  return a.state === b.state && a.attempt === b.attempt && a.raw === b.raw && a.waitingFor === b.waitingFor;
}
