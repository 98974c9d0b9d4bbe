import { isDeepStrictEqual } from 'node:util';
import { silentLogger } from '../seam/default-logger.ts';
import { diskCrashes, type Tears } from './disk-crashes.fixture.ts';
import { collect, textOf } from './ledger.fixture.ts';
import type { Ledger, LedgerAnchor } from './ledger.ts';
import { ledgerFolder } from './ledger-folder.ts';
import type { LedgerEntry } from './ledger-record.ts';
import { createManualClock } from './manual-clock.fixture.ts';
import { openLedger } from './open-ledger.ts';
import {
  type DiskMoment,
  type DiskState,
  diskFingerprint,
  emptyDisk,
  SimulatedDisk,
} from './simulated-disk.fixture.ts';
import { verifyLedgerFiles } from './verify-ledger.ts';

const ROOT = '/state/ledger';
export const ARCHIVE = '/archive';

/** What the ledger has promised so far: each was confirmed, or shown to somebody who may now rely on it. */
export interface Promised {
  readonly entries: readonly LedgerEntry[];
  /** Name of a claim, and the session that won it. */
  readonly claims: readonly (readonly [name: string, session: string])[];
  readonly payloads: readonly (readonly [sha256: string, text: string])[];
  readonly anchors: readonly LedgerAnchor[];
}

export interface LedgerSession {
  readonly ledger: Ledger;
  promise(more: Partial<Promised>): void;
}

/** What one session does, and what it is promised meanwhile. */
export type LedgerWork = (session: LedgerSession) => Promise<void>;

export interface LedgerCrashes {
  readonly broken: readonly string[];
  readonly moments: number;
  readonly recovered: number;
  readonly names: ReadonlySet<string>;
}

interface LedgerWorld {
  readonly disk: DiskState;
  readonly promised: Promised;
  readonly boots: number;
  readonly sessions: number;
  readonly hasHole: boolean;
  readonly isArchived: boolean;
}

/** One defect shows in hundreds of worlds: nobody needs them all. */
const ENOUGH_BROKEN = 10;

const NOTHING: Promised = { entries: [], claims: [], payloads: [], anchors: [] };

export interface LedgerCrashOptions {
  /** @default 'edges' */
  readonly tears?: Tears;
  /** So many of the works, from the first, come to their end. @default 0 */
  readonly unharmed?: number;
  /** Records may be in the archive instead: that the two together are whole is what `verifyLedger()` checks. @default false */
  readonly isArchived?: boolean;
}

/**
 * Runs each work in a session of its own, the next after a crash at each moment of the one before; behind the last one, checks that
 * every promise is kept.
 */
export async function enumerateLedgerCrashes(
  works: readonly [LedgerWork, ...LedgerWork[]],
  { tears = 'edges', unharmed = 0, isArchived = false }: LedgerCrashOptions = {},
): Promise<LedgerCrashes> {
  const broken: string[] = [];
  const names = new Set<string>();
  const known = new Set<string>();
  let moments = 0;
  let recovered = 0;
  const start = { disk: emptyDisk(), promised: NOTHING, boots: 1, sessions: 0, hasHole: false, isArchived };

  const go = async (world: LedgerWorld, [work, ...next]: readonly LedgerWork[], path: string): Promise<void> => {
    if (!work) return;
    const left: { readonly moment: DiskMoment | undefined; readonly world: LedgerWorld }[] = [];
    try {
      await runSession(world, work, (moment, at) => left.push({ moment, world: at }));
    } catch (error) {
      broken.push(`${path} fails: ${error instanceof Error ? error.message : String(error)}`);
    }
    const isUnharmed = works.length - next.length <= unharmed;
    for (const [index, { moment, world: at }] of isUnharmed ? left.slice(-1).entries() : left.entries()) {
      moments += 1;
      const name = moment ? `${moment.phase} ${moment.name}` : 'end';
      names.add(name);
      for (const { label, state, isTorn, hasHole, isPowerCut } of diskCrashes(at.disk, moment?.write, tears)) {
        const after = {
          ...at,
          disk: state,
          boots: at.boots + (isPowerCut ? 1 : 0),
          hasHole: at.hasHole || hasHole,
        };
        const fingerprint = `${works.length - next.length} ${diskFingerprint(state, { withDurability: next.length > 0 })} ${after.boots} ${JSON.stringify(at.promised)}`;
        if (known.has(fingerprint)) continue;
        if (broken.length > ENOUGH_BROKEN) return;
        known.add(fingerprint);
        recovered += 1;
        const crash = `${path}${index} ${name}, ${label}`;
        broken.push(...(await brokenPromises(after)).map((what) => `${crash}: ${what}`));
        if (!isTorn) await go(after, next, `${crash} → `);
      }
    }
  };
  await go(start, works, '');
  return { broken, moments, recovered, names };
}

async function runSession(
  world: LedgerWorld,
  work: LedgerWork,
  onMoment: (moment: DiskMoment | undefined, world: LedgerWorld) => void,
): Promise<void> {
  let { promised } = world;
  const sessions = world.sessions + 1;
  const now = (): LedgerWorld => ({ ...world, disk: disk.state, promised, sessions });
  const disk: SimulatedDisk = new SimulatedDisk(world.disk, (moment) => onMoment(moment, now()));
  const ledger = await openSimulated(disk, world);
  const add = <T>(all: readonly T[], more: readonly T[] = []) => [...all, ...more];
  await work({
    ledger,
    promise: ({ entries, claims, payloads, anchors }) => {
      promised = {
        entries: add(promised.entries, entries),
        claims: add(promised.claims, claims),
        payloads: add(promised.payloads, payloads),
        anchors: add(promised.anchors, anchors),
      };
    },
  });
  onMoment(undefined, now());
}

/** A new process on the same machine; all earlier ones are dead. */
function openSimulated(disk: SimulatedDisk, { boots, sessions }: LedgerWorld): Promise<Ledger> {
  const number = String(sessions + 1);
  return openLedger(ROOT, {
    files: disk.files(),
    clock: createManualClock().clock,
    logger: silentLogger,
    system: {
      currentSession: async () => ({
        id: `0000session${number.padStart(4, '0')}`,
        host: 'machine',
        bootId: `boot ${boots}`,
        pid: 1_000 + sessions,
        startTime: number,
      }),
      readProcess: async () => ({ type: 'gone' }),
    },
  });
}

async function brokenPromises(world: LedgerWorld): Promise<readonly string[]> {
  const broken: string[] = [];
  try {
    await checkPromises(world, broken);
  } catch (error) {
    broken.push(`cannot be read: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
  return broken;
}

async function checkPromises(world: LedgerWorld, broken: string[]): Promise<void> {
  const { promised, hasHole } = world;
  const disk = new SimulatedDisk(world.disk);
  const files = disk.files();
  const isNamed = (await files.sizeBytes(ledgerFolder(ROOT).id)) !== undefined;
  const verify = async (when: string) => {
    for (const anchor of [undefined, ...promised.anchors]) {
      const { findings, segments } = await verifyLedgerFiles(files, ROOT, {
        archives: [ARCHIVE],
        ...(anchor ? { anchor } : {}),
      });
      const damage = findings.filter(({ type }) => !(hasHole && (type === 'unreadable' || type === 'broken-chain')));
      for (const { type, message } of damage) broken.push(`verifyLedger() ${when}: ${type}, ${message}`);
      if (when === 'later') return segments;
    }
    return [];
  };
  if (isNamed) await verify('at once');
  const ledger = await openSimulated(disk, world);
  const records = await collect(ledger.records());
  const byThing = Map.groupBy(records, thingOf);
  for (const entry of world.isArchived ? [] : promised.entries) {
    const isThere = byThing.get(thingOf(entry))?.some((record) => says(record, entry)) ?? false;
    if (!isThere) broken.push(`lost ${JSON.stringify(entry).slice(0, 80)}`);
    // Not the same way: by index and snapshot.
    if (entry.type === 'intent' && !(await ledger.readJob(entry.key))) broken.push(`no job has the key ${entry.key}`);
  }
  for (const [name, session] of promised.claims) {
    const again = await ledger.claim(name);
    const holder = again.type === 'held' ? again.by.session.id : 'nobody';
    if (holder !== session) broken.push(`the claim ${name} of ${session} is held by ${holder}`);
  }
  for (const [sha256, text] of promised.payloads) {
    const found = await textOf(ledger.openPayload(sha256)).catch((error: unknown) => String(error));
    if (found !== text) broken.push(`the payload ${sha256} reads ${found.slice(0, 80)}`);
  }
  await ledger.append({ type: 'note', message: 'It goes on.' });
  const torn = (await verify('later')).filter(({ records, tornBytes }) => records > 0 && tornBytes > 0);
  const notes = await collect(ledger.records({ types: ['note', 'segment'] }));
  for (const { segment } of torn) {
    const isNoted = notes.some(
      (record) =>
        (record.type === 'note' && record.event === 'torn-tail' && record['tornSegment'] === segment) ||
        (record.type === 'segment' && record.heads[segment]?.tornBytes !== undefined),
    );
    if (!isNoted) broken.push(`the torn end of ${segment} was not noted`);
  }
}

function thingOf(record: { readonly type: string; readonly key?: unknown }): string {
  return `${record.type} ${String(record.key)}`;
}

function says(record: object, entry: LedgerEntry): boolean {
  return Object.entries(entry).every(([name, value]) =>
    isDeepStrictEqual((record as Readonly<Record<string, unknown>>)[name], value),
  );
}
