import { diskCrashes, type Tears } from '../ledger/disk-crashes.fixture.ts';
import { diskFingerprint } from '../ledger/simulated-disk.fixture.ts';
import { CrashBackend, type SubmitOnce } from './crash-backend.fixture.ts';
import { recover } from './crash-recovery.fixture.ts';
import type { CrashScenario } from './crash-scenario.fixture.ts';
import { type CrashMoment, CrashWorld, newWorld, type WorldState } from './crash-world.fixture.ts';

export interface EnumerationOptions {
  readonly submitOnce?: SubmitOnce;
  /** Where writes to segments are torn. */
  readonly tears?: Tears;
  /** Recovers at once, not when dead sessions are known to be dead. @default false */
  readonly isHasty?: boolean;
  /** How many crashes, one in the recovery from the other. @default 1 */
  readonly levels?: number;
  /** After which crashes the recovery crashes, too: a power cut leaves nothing that is not durable. @default 'process-death' */
  readonly deeperAfter?: 'process-death' | 'every-crash';
}

export interface Enumeration {
  /** Moments at which the scenario was stopped, and those of recoveries that were. */
  moments: number;
  /** Worlds that may be left, over all moments. */
  variants: number;
  /** Those that differ: each was recovered from. */
  recovered: number;
  readonly names: Set<string>;
  /** Each promise that was broken, with where. */
  readonly broken: string[];
}

interface Variant {
  readonly label: string;
  readonly world: WorldState;
  /** Torn at one of many bytes: not worth a second crash. */
  readonly isTorn: boolean;
}

export function newEnumeration(): Enumeration {
  return { moments: 0, variants: 0, recovered: 0, names: new Set(), broken: [] };
}

/** One defect shows in hundreds of worlds: nobody needs them all. */
const ENOUGH_BROKEN = 10;

/** Runs a scenario once; stops it at every moment there is, in every way there is; recovers from each and judges. */
export async function enumerateCrashes(
  { steps, faults = [] }: Pick<CrashScenario, 'steps' | 'faults'>,
  {
    submitOnce = 'guard',
    tears = 'edges',
    isHasty = false,
    levels = 1,
    deeperAfter = 'process-death',
  }: EnumerationOptions = {},
): Promise<Enumeration> {
  const enumeration = newEnumeration();
  const known = new Set<string>();

  const crashAt = async (moments: readonly CrashMoment[], path: string, level: number): Promise<void> => {
    for (const [index, moment] of moments.entries()) {
      enumeration.moments += 1;
      enumeration.names.add(moment.name);
      for (const { label, world, isTorn } of variantsOf(moment, submitOnce, tears)) {
        enumeration.variants += 1;
        const fingerprint = worldFingerprint(world, level < levels);
        if (known.has(fingerprint)) continue;
        if (enumeration.broken.length > ENOUGH_BROKEN) return;
        known.add(fingerprint);
        enumeration.recovered += 1;
        const at = `${path}${index} ${moment.name}, ${label}`;
        const next: CrashMoment[] = [];
        const goesOn =
          level < levels && !isTorn && (deeperAfter === 'every-crash' || world.boots === moment.world.boots);
        const broken = await recover(world, {
          submitOnce,
          isHasty,
          ...(goesOn ? { onMoment: (one: CrashMoment) => void next.push(one) } : {}),
        });
        enumeration.broken.push(...broken.map((what) => `${at}: ${what}`));
        if (goesOn) await crashAt(next, `${at} → `, level + 1);
      }
    }
  };

  const moments: CrashMoment[] = [];
  const world = new CrashWorld(newWorld(faults), submitOnce, (moment) => void moments.push(moment));
  const process = { isDead: false };
  moments.push({ name: 'start', process, world: world.state() });
  await world.drive(
    (async () => {
      const session = await world.openSession(process);
      for (const step of steps) await step(session);
      moments.push({ name: 'end', process, world: world.state() });
      await session.client.close();
      await session.ledger.close();
    })(),
  );
  await crashAt(moments, '', 1);
  return enumeration;
}

function* variantsOf({ world, write, parts }: CrashMoment, submitOnce: SubmitOnce, tears: Tears): Generator<Variant> {
  for (const { label, state, isTorn, hasHole, isPowerCut } of diskCrashes(world.disk, write, tears)) {
    const left = {
      ...world,
      disk: state,
      boots: world.boots + (isPowerCut ? 1 : 0),
      hasHole: world.hasHole || hasHole,
    };
    const variant: Variant = { label, world: left, isTorn };
    yield variant;
    if (isTorn) continue;
    if (world.backend.natives.some((native) => native.state === 'queued')) {
      const backend = new CrashBackend(world.backend, submitOnce);
      backend.work();
      yield { ...variant, label: `${label}, its job runs`, world: { ...left, backend: backend.state } };
    }
    // Only a guard or a token can turn away what comes this late; a token cannot be fenced.
    if (parts && submitOnce === 'guard') {
      const backend = { ...world.backend, inFlight: [...world.backend.inFlight, ...parts] };
      yield { ...variant, label: `${label}, its request on the way`, world: { ...left, backend } };
    }
  }
}

/** Equal for worlds in which whatever anybody does ends the same. */
function worldFingerprint({ disk, backend, told, boots }: WorldState, withDurability: boolean): string {
  const { natives, claims, runs, cancels, inFlight, faults } = backend;
  return JSON.stringify([
    diskFingerprint(disk, { withDurability }),
    boots,
    told,
    natives,
    [...claims],
    runs,
    cancels,
    inFlight.map(({ key }) => key.token),
    faults,
  ]);
}
