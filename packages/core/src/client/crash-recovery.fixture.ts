import type { AnyHandle } from '../handle/job-handle.ts';
import { ledgerFolder } from '../ledger/ledger-folder.ts';
import { verifyLedgerFiles } from '../ledger/verify-ledger.ts';
import { decodeRef } from '../seam/encode-ref.ts';
import type { NativeJob, SubmitOnce } from './crash-backend.fixture.ts';
import { ask, awaitEnd, isRefusal, isUnknown } from './crash-scenario.fixture.ts';
import {
  type Asked,
  type CrashMoment,
  type CrashSession,
  CrashWorld,
  LEDGER,
  type WorldState,
} from './crash-world.fixture.ts';

/** A beat that stands still for two minutes tells that its session is dead; a little more. */
const BEAT_PATIENCE_MS = 121_000;

/** How often a user asks again who was told that nothing runs, or to ask again. */
const PATIENCE = 3;

export interface RecoveryOptions {
  readonly submitOnce: SubmitOnce;
  /** Asks for its jobs as soon as the machine is up again, and so has to wait until the dead sessions are known to be dead. @default false */
  readonly isHasty?: boolean;
  readonly onMoment?: (moment: CrashMoment) => void;
}

/**
 * What a user does after a crash: starts the program again, looks for the jobs, submits the same ones under the same keys,
 * waits for their ends. Gives back, in words, each promise that was broken.
 */
export async function recover(
  state: WorldState,
  { submitOnce, isHasty = false, onMoment }: RecoveryOptions,
): Promise<readonly string[]> {
  const broken: string[] = [];
  const world = new CrashWorld(state, submitOnce, onMoment);
  try {
    await world.drive(recoverIn(world, broken, isHasty));
  } catch (error) {
    broken.push(`recovery fails: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
  return broken;
}

async function recoverIn(world: CrashWorld, broken: string[], isHasty: boolean): Promise<void> {
  await requireIntact(world, 'after the crash', broken);
  const session = await world.openSession();
  await requirePromisesKept(session, broken);
  if (!isHasty) await findDeadSessions(session);
  const handles = await goOn(session, broken);
  // What its dead sender had sent arrives as late as it can.
  world.backend.deliver();
  world.backend.worksByItself = true;
  world.backend.work();
  for (const handle of handles) {
    const state = await awaitEnd(session, handle);
    const truth = truthOf(world, handle.key);
    if (state !== truth) broken.push(`${handle.key} is shown as ${state}, but the backend has it as ${truth}`);
  }
  requireOrder(world, broken);
  requireRunOnce(world, new Set(handles.map(({ key }) => key)), broken);
  await session.client.close();
  await session.ledger.close();
  await requireIntact(world, 'after the recovery', broken);
}

async function requireIntact(world: CrashWorld, when: string, broken: string[]): Promise<void> {
  // Nobody has named the ledger yet.
  const files = world.disk.files();
  if ((await files.sizeBytes(ledgerFolder(LEDGER).id)) === undefined) return;
  const { findings } = await verifyLedgerFiles(files, LEDGER);
  const { hasHole } = world.state();
  const damage = findings.filter(({ type }) => !(hasHole && (type === 'unreadable' || type === 'broken-chain')));
  for (const { type, message } of damage) broken.push(`verifyLedger() ${when}: ${type}, ${message}`);
}

/** What users were told, and what the backend was sent, stands in the ledger: before anybody has looked at the backend again. */
async function requirePromisesKept({ ledger, world }: CrashSession, broken: string[]): Promise<void> {
  const { natives, cancels } = world.backend.state;
  for (const { key } of natives) {
    const { intents = [], parts = [] } = (await ledger.readJob(key.key)) ?? {};
    const recorded = [...intents.flatMap((intent) => intent.parts), ...parts];
    const isRecorded = recorded.some(({ token }) => token === key.token);
    if (!isRecorded) broken.push(`${key.key}/${key.submission} was sent without a durable record of it`);
  }
  for (const { key, ref } of world.told.handles) {
    const history = await ledger.readJob(key);
    if (!history) broken.push(`a handle of ${key} was given out, and the ledger does not know it`);
    const accepted = history?.outcomes.flatMap(({ outcome, nativeId }) => (outcome === 'accepted' ? [nativeId] : []));
    if (!nativeIdsOf(ref).every((nativeId) => accepted?.includes(nativeId))) {
      broken.push(`the native id of ${key} was given out and is not in the ledger`);
    }
  }
  for (const { key, state } of world.told.ends) {
    const end = (await ledger.readJob(key))?.end?.status.state;
    if (end !== state) broken.push(`${key} was shown as ${state}, the ledger has ${end ?? 'no end'}`);
  }
  for (const key of cancels) {
    if (((await ledger.readJob(key))?.cancels.length ?? 0) === 0) broken.push(`${key} was cancelled without a record`);
  }
}

/** After a reboot process ids say nothing any more: who looks again two minutes later sees whose beat stands still. */
async function findDeadSessions({ ledger, world }: CrashSession): Promise<void> {
  for await (const record of ledger.records({ types: ['segment'] })) {
    if (record.type === 'segment') await ledger.sessionState(record.session);
  }
  world.pass(BEAT_PATIENCE_MS);
}

async function goOn(session: CrashSession, broken: string[]): Promise<readonly AnyHandle[]> {
  const { client, ledger, world } = session;
  const listed = new Set((await client.jobs().toArray()).map(({ key }) => key));
  const handles: AnyHandle[] = [];
  for (const { key, ref } of world.told.handles) {
    if (!listed.has(key)) broken.push(`${key} was given out, and jobs() does not list it`);
    handles.push(await client.attach(ref));
  }
  for (const asked of world.told.asked) {
    const key =
      asked.key ??
      world.told.handles.find((told) => told.asked.job.name === asked.job.name)?.key ??
      (await keyOf(session, asked));
    if (key === undefined) {
      // Nobody was told of it, and there is no record of it. Should it run, the backend's record will say so.
      continue;
    }
    const told = world.told.handles.find((one) => one.key === key);
    const handle = await askAgain(session, { ...asked, key });
    const isSame = nativeIdsOf(told?.ref).every((nativeId) => nativeIdsOf(String(handle)).includes(nativeId));
    if (!isSame) broken.push(`${key} became another job`);
    if ((await ledger.readJob(key))?.duplicates.length !== 0) broken.push(`${key} was accepted twice`);
    handles.push(handle);
  }
  return handles;
}

/** The key that core made up for a job whose submit nobody saw the end of: the ledger has it. */
async function keyOf({ ledger }: CrashSession, { job }: Asked): Promise<string | undefined> {
  for await (const { key } of ledger.jobs({ name: job.name })) return key;
  return undefined;
}

async function askAgain(session: CrashSession, asked: Asked): Promise<AnyHandle> {
  for (let answers = 0; ; answers += 1) {
    try {
      return await ask(session, asked);
    } catch (error) {
      if (!isRefusal(error) && !isUnknown(error)) throw error;
      if (answers === PATIENCE) throw error;
    }
  }
}

/** How the backend itself says that a key ended: its newest submission that ran, else what became of those that did not. */
function truthOf({ backend }: CrashWorld, key: string): string {
  const natives = backend.state.natives.filter((native) => native.key.key === key);
  const ran = ranOf(natives).at(-1);
  return (ran ?? natives.find(({ state }) => state === 'cancelled') ?? natives[0])?.state ?? 'never sent';
}

/** Those whose science ran, oldest submission first. */
function ranOf(natives: readonly NativeJob[]): readonly NativeJob[] {
  return natives
    .filter(({ state }) => state === 'succeeded' || state === 'failed')
    .sort((one, other) => one.key.submission - other.key.submission);
}

/** No job before those it is held for. */
function requireOrder({ backend, told }: CrashWorld, broken: string[]): void {
  const beginOf = (key: string) => backend.state.runs.findIndex((run) => run.startsWith(`${key}/`));
  for (const { key, after = [] } of told.asked) {
    if (key === undefined || beginOf(key) < 0) continue;
    for (const first of after) {
      if (beginOf(first) < 0 || beginOf(first) > beginOf(key)) broken.push(`${key} ran before ${first}`);
    }
  }
}

function requireRunOnce(world: CrashWorld, keys: ReadonlySet<string>, broken: string[]): void {
  const { runs, natives } = world.backend.state;
  for (const run of runs.filter((one, index) => runs.indexOf(one) !== index)) broken.push(`${run} ran twice`);
  for (const key of keys) {
    const ran = ranOf(natives.filter((native) => native.key.key === key));
    const mayRetry = world.told.asked.some(({ job, key: given }) => given === key && job.spec.retry !== undefined);
    // Only what failed may be run again, and only where that was asked for.
    const tooMany = mayRetry ? ran.slice(0, -1).filter(({ state }) => state !== 'failed') : ran.slice(1);
    for (const { key: part } of tooMany) broken.push(`${key}/${part.submission} ran beside another submission`);
    if (ran.length === 0 && truthOf(world, key) !== 'cancelled') broken.push(`${key} never ran`);
  }
  for (const { key } of natives)
    if (!keys.has(key.key)) broken.push(`nobody knows of ${key.key}, which the backend has`);
}

function nativeIdsOf(ref: string | undefined): readonly string[] {
  if (ref === undefined) return [];
  return decodeRef(ref).submissions.flatMap(({ parts }) => parts.map(({ nativeId }) => nativeId));
}
