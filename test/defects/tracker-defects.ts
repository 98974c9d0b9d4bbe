import type { Defect } from './defect.ts';

const sweepTest = (title: string) => ({ package: 'core', file: 'src/tracker/apply-sweep.test.ts', title }) as const;
const trackerTest = (title: string) => ({ package: 'core', file: 'src/tracker/tracker.test.ts', title }) as const;
const mergeTest = (title: string) => ({ package: 'core', file: 'src/state/merge-status.test.ts', title }) as const;

export const TRACKER_DEFECTS: readonly Defect[] = [
  {
    id: 'absent-is-success',
    title: 'A job that is no longer seen counts as succeeded.',
    anchor: 'absent ⇒ success',
    catalogue: [14, 27],
    rule: 2,
    file: 'core/src/tracker/apply-sweep.ts',
    find: 'show(job, lostStatus(job, sweeps, awakeMs, time.at));',
    replace:
      "show(job, awakeMs < 0 ? lostStatus(job, sweeps, awakeMs, time.at) : { state: 'succeeded', attempt: job.status.attempt, at: time.at });",
    test: sweepTest(
      'calls a job lost after three answered sweeps without evidence over fifteen waking minutes, not before',
    ),
  },
  {
    id: 'poll-error-fails-all',
    title: 'A look that fails fails every job it was to look at.',
    anchor: 'poll error ⇒ fail all',
    catalogue: [20, 22, 26],
    rule: 3,
    file: 'core/src/tracker/tracker.ts',
    find: 'this.staleSince ??= begun;',
    replace: `this.staleSince ??= begun;
      for (const job of this.#live.values()) {
        const { attempt } = job.status;
        job.status = { state: 'failed', attempt, at: begun, reason: 'infrastructure', message: String(error) };
      }`,
    test: trackerTest('is stale while looks fail, changes no job, and recovers'),
  },
  {
    id: 'silent-peer-waited-for',
    title: 'A call of a peer that fell silent has no deadline.',
    anchor: 'missing keepalive',
    catalogue: [40, 41],
    rule: 5,
    file: 'core/src/tracker/adapter-slot.ts',
    find: '() => stop(new Error(',
    replace: '() => void (new Error(',
    test: {
      package: 'core',
      file: 'src/tracker/adapter-slot.test.ts',
      title: 'does not count the wait for a turn against the time a call has',
    },
    later: 'the keepalive of the SSH connection, with Slurm',
  },
  {
    id: 'reused-id-believed',
    title: 'What a backend says of a native id is believed of whichever job had it before.',
    anchor: '`sacct` without time bound',
    catalogue: [29],
    rule: 2,
    file: 'core/src/tracker/job-index.ts',
    find: 'return job?.ref.key === ref.key ? job : undefined;',
    replace: 'return ref.key === undefined ? undefined : job;',
    test: {
      package: 'core',
      file: 'src/tracker/job-index.test.ts',
      title: 'gives a job to nobody who knows its id under another key: the backend may have used the id again',
    },
    later: 'the time bound of `sacct`, with Slurm',
  },
  {
    id: 'lost-after-one-sweep',
    title: 'A single look without a job, if it comes late, makes the job lost.',
    catalogue: [5, 25],
    rule: 2,
    file: 'core/src/tracker/apply-sweep.ts',
    find: 'if (sweeps < LOST_AFTER_SWEEPS || awakeMs < LOST_AFTER_AWAKE_MS) continue;',
    replace: 'if (sweeps < 1 || awakeMs < LOST_AFTER_AWAKE_MS) continue;',
    test: sweepTest('needs three sweeps however much time went by between two'),
  },
  {
    id: 'sleep-ages-a-job',
    title: 'Two days with the lid closed count as two days of looking in vain.',
    catalogue: [14],
    rule: 3,
    file: 'core/src/tracker/tracker.ts',
    find: 'const awakeMs = Math.min(begunMs - this.#lastSweepMs, 2 * this.#plannedMs + 1_000);',
    replace: 'const awakeMs = begunMs - this.#lastSweepMs;',
    test: trackerTest('does not call a job lost for the time a machine slept'),
  },
  {
    id: 'end-taken-back',
    title: 'A late row that says running reopens a job that has ended.',
    catalogue: [18],
    rule: 4,
    file: 'core/src/state/merge-status.ts',
    find: "if (isFinal(known)) return known.state === 'lost' && next.state !== 'lost' ? next : known;",
    replace: 'if (isFinal(known) && isFinal(next)) return next;\n  if (isFinal(known)) return next;',
    test: mergeTest('never goes back within an attempt'),
  },
  {
    id: 'requeue-is-the-end',
    title: 'A job that its backend runs again stays failed.',
    catalogue: [30],
    rule: 4,
    file: 'core/src/state/merge-status.ts',
    find: 'if (order > 0) return next;',
    replace: 'if (order > 0 && !isFinal(known)) return next;',
    test: mergeTest('lets a later attempt reopen a job, and an earlier one change nothing'),
  },
  {
    id: 'no-decrease',
    title: 'The rate of calls falls when the server refuses for the first time, and not again.',
    catalogue: [12],
    rule: 8,
    file: 'core/src/budget/call-rate.ts',
    find: 'if (cut && grantedMs <= cut.atMs) {',
    replace: 'if (cut) return;\n    if (cut && grantedMs <= cut.atMs) {',
    test: {
      package: 'core',
      file: 'src/budget/call-rate.test.ts',
      title: 'falls to no less than 0.65 of itself by one cut',
    },
  },
  {
    id: 'cancel-without-identity',
    title: 'Whatever has the native id is stopped, whosever job it is.',
    catalogue: [29, 37],
    rule: 1,
    file: 'local/src/cancel-job.ts',
    find: 'if (record?.key.key !== ref.key) throw new NotThisJobError(ref.key, part.token);',
    replace: 'if (!record) throw new NotThisJobError(ref.key, part.token);',
    test: { package: 'local', file: 'src/cancel.test.ts', title: 'does nothing to a job whose key is another' },
  },
];
