import type { CallContext, Explanation, FailureReason, FinalStatus, JobRef, LiveStatus } from '@scijob/core/adapter';
import { isFinal } from '@scijob/core/adapter';
import { readLogs } from './logs/read-logs.ts';
import { observeJob } from './observe-job.ts';
import type { Home } from './open-home.ts';
import { toTaskFolder } from './part-paths.ts';
import type { PartRecord } from './part-record.ts';
import { currentPart } from './parts-of.ts';
import { readAttempts } from './read-attempts.ts';
import { readPartRecord } from './read-ended-tasks.ts';
import { isRunnerAlive } from './runner-claims.ts';
import { parseRunningNote } from './running-note.ts';
import { toRecordPath } from './task-records.ts';
import { toRequest } from './to-request.ts';

type Cause = Explanation['causes'][number];

const LAST_LINES = 10;

/** Why a job waits or failed, by what lies in its folder, and what to do about it. */
export async function explainJob(home: Home, ref: JobRef, { clock }: CallContext): Promise<Explanation> {
  const alive = isRunnerAlive(home.paths.runners);
  const look = { now: clock.now(), isRunnerAlive: alive };
  const found = await observeJob(home, { ref }, look);
  if (found.type !== 'seen') {
    const text = `Nothing can be read of it in ${home.paths.jobs}.`;
    return {
      summary: 'The job cannot be found.',
      causes: [{ text, source: home.paths.jobs, wayOut: 'Look whether the folder was removed.' }],
    };
  }
  const { status } = found.observation;
  if (isFinal(status)) return explainEnd(home, ref, status);
  const causes: Cause[] = [];
  if (!alive) {
    causes.push({
      text: 'No runner lives; the next look at the job starts one.',
      source: home.paths.runners,
      wayOut: `If none comes up, see ${home.paths.runnerLog}.`,
    });
  }
  if (status.state === 'queued') causes.push(...(await explainWaiting(home, ref)));
  if (status.state === 'held') causes.push(...(await explainHeld(home, ref, status)));
  return { summary: `The job is ${status.state}.`, causes };
}

/** The jobs it waits for that have not ended, or when it is tried again. */
async function explainHeld(home: Home, ref: JobRef, { waitingFor, raw }: LiveStatus): Promise<readonly Cause[]> {
  const part = currentPart(ref, ref.child ?? 0);
  const record = part && (await readPartRecord(home, part.token));
  const causes: Cause[] = [];
  if (waitingFor === undefined && part && raw !== undefined) {
    causes.push({ text: `It ${raw}.`, source: home.part(part.token).folder });
  }
  for (const { condition, key, token } of record?.after ?? []) {
    const parent = home.part(token);
    if ((await home.client.status(parent.ended)) !== undefined) continue;
    causes.push({
      text: `It runs ${condition} the job ${JSON.stringify(key)}, which has not ended.`,
      source: parent.folder,
      wayOut: 'It starts when that one has ended as it should. Cancel this one if it need not run.',
    });
  }
  return causes;
}

async function explainWaiting(home: Home, ref: JobRef): Promise<readonly Cause[]> {
  const part = currentPart(ref, ref.child ?? 0);
  const record = part && (await readPartRecord(home, part.token));
  if (!record) return [];
  const asked = toRequest(record.job);
  const others: string[] = [];
  const taken = { cpus: 0, memoryGiB: 0, gpus: 0 };
  for (const token of (await home.client.list(home.paths.inbox)) ?? []) {
    const other = token === part.token ? undefined : await readPartRecord(home, token);
    const running = other ? await countRunning(home, token, other) : 0;
    if (!other || running === 0) continue;
    const request = toRequest(other.job);
    taken.cpus += request.cpus * running;
    taken.memoryGiB += request.memoryGiB * running;
    taken.gpus += request.gpus * running;
    others.push(`${running} of ${JSON.stringify(other.job.name)} (${other.key.key})`);
  }
  const { pool } = record;
  const short = (['cpus', 'memoryGiB', 'gpus'] as const).filter((name) => taken[name] + asked[name] > pool[name]);
  if (short.length === 0) return [];
  return [
    {
      text:
        `The pool has ${short.map((name) => `${pool[name]} ${name}, of which ${taken[name]} are taken and ${asked[name]} asked for`).join('; ')}. ` +
        `Running: ${others.slice(0, 10).join(', ')}${others.length > 10 ? ', …' : ''}.`,
      source: home.paths.inbox,
      wayOut: 'It starts when enough of them have ended. Cancel some, ask for less, or give createLocal more.',
    },
  ];
}

async function countRunning(home: Home, token: string, record: PartRecord): Promise<number> {
  const isArray = record.job.array !== undefined;
  const paths = home.part(token);
  if (!isArray) {
    const { folder } = await readAttempts(home.client, record, toTaskFolder(paths.folder, 0, 1));
    return (await home.client.status(toRecordPath(folder, 'claim'))) === undefined ? 0 : 1;
  }
  const note = await home.client.readText(paths.running);
  return (note === undefined ? undefined : parseRunningNote(note))?.running.length ?? 0;
}

async function explainEnd(home: Home, ref: JobRef, status: FinalStatus): Promise<Explanation> {
  if (status.state === 'succeeded') return { summary: 'The job succeeded.', causes: [] };
  const { lines } = await readLogs(home, ref, { tailLines: LAST_LINES });
  const errors = lines.filter(({ stream }) => stream === 'stderr');
  const shown = (errors.length > 0 ? errors : lines).map(({ text }) => text);
  const wayOut = WAYS_OUT[status.reason];
  const causes: Cause[] = [{ text: status.message, source: 'end record', ...(wayOut !== undefined && { wayOut }) }];
  if (shown.length > 0) causes.push({ text: shown.join('\n'), source: errors.length > 0 ? 'stderr' : 'stdout' });
  return {
    summary: `The job ${status.state === 'cancelled' ? 'was cancelled' : status.state === 'lost' ? 'was lost' : 'failed'}: ${status.reason}.`,
    causes,
  };
}

const WAYS_OUT: { readonly [Reason in FailureReason]?: string } = {
  'exit-nonzero': 'See its last lines; run it again once the program or its arguments are right.',
  'out-of-memory': 'Ask for more in resources.memoryGiB, or have the program use less.',
  'time-limit': 'Give it more in timeLimitSeconds, or have it do less at a time.',
  'dependency-failed': 'See why the job it waited for did not end as it should; run both again.',
  'input-missing': 'Create the input, or correct its path, and submit again.',
  'output-missing': 'The program ended well without writing it: check the path it writes to, or declare it optional.',
  misconfigured: 'Check the command, its PATH and its permissions.',
  staging: 'Check the inputs and the room on the disk.',
  unknown: 'What it did is not known: look at its files before running it again.',
};
