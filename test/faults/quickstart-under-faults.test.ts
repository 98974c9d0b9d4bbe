import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createClient } from '@scijob/core';
import { createFaults, withFaults } from '@scijob/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { REPOSITORY } from '../workspace/repository.ts';
import type { JourneyBackend } from './journey-backend.ts';
import { localBackend } from './local-backend.ts';
import { SURVIVABLE_FAULTS, type SurvivableFault } from './survivable-faults.ts';

const seed = Number(process.env['SCIJOB_TEST_SEED'] ?? 20_261_123);
/** Each decorator once; how it may strike otherwise, the journeys show. */
const DECORATORS = [
  'every third poll fails',
  'outputs are listed and opened at the second try',
  'the reply to a submit is lost, and the first looks fail',
  'every submit is delivered twice',
  'every other part comes back unknown, done',
  'a submit is frozen, its request carried out late',
  'polls are throttled',
  'answers are stale',
  'pages are short',
  'pages are empty and go on',
  'sweeps cover a part',
  'jobs are covered and not seen now and then',
  'rows are reordered',
  'jobs are shown twice',
  'sweeps are error texts',
  'a row of a sweep is unreadable',
  'states go back',
  'an earlier attempt has ended',
  'jobs of others have the same ids',
  'bytes are damaged now and then',
  'artifacts are cut short now and then',
  'an artifact stalls',
] as const satisfies readonly SurvivableFault[];
/** All that are known, for those who have the time. */
const names =
  process.env['SCIJOB_TEST_TRIALS'] === undefined
    ? DECORATORS
    : (Object.keys(SURVIVABLE_FAULTS) as readonly SurvivableFault[]);
/** An error is the right answer: the bytes were wrong, or nothing was sent. Run again with the same key, it goes on where it was. */
const MAY_END_WITH_AN_ERROR =
  /^(bytes are damaged|artifacts are cut short|an artifact stalls|nothing can be made ready)/;
interface Quickstart {
  screenDrugs(
    client: unknown,
    options: { readonly key: string; readonly logs: boolean; readonly out: string; readonly chunkSize: number },
  ): Promise<{ readonly ranked: string }>;
}

describe('the quickstart finds the same ranking', () => {
  let backend: JourneyBackend;
  let quickstart: Quickstart;
  let expected: string;

  const screen = async (key: string, faults: ReturnType<typeof createFaults>): Promise<string> => {
    const client = createClient({
      adapters: { here: withFaults(backend.adapter, faults) },
      ledger: join(backend.home, `ledger ${key}`),
      clock: backend.clock,
      logger: false,
    });
    try {
      const { ranked } = await quickstart.screenDrugs(client, {
        key,
        logs: true,
        out: join(backend.home, key),
        chunkSize: 125,
      });
      return await readFile(ranked, 'utf8');
    } finally {
      await faults.stop();
      await client.close();
    }
  };

  const screenUnder = async (name: SurvivableFault) => {
    const faults = createFaults(SURVIVABLE_FAULTS[name](), { seed });
    const ranked = await screen(name, faults).catch((error: unknown) => {
      if (MAY_END_WITH_AN_ERROR.test(name)) return screen(name, createFaults([]));
      throw new Error(`${name}: ${error}\n${faults}`, { cause: error });
    });
    expect(ranked, String(faults)).toBe(expected);
  };

  beforeAll(async () => {
    console.log(`seed ${seed} (SCIJOB_TEST_SEED)`);
    vi.spyOn(console, 'log').mockImplementation(() => {});
    backend = await localBackend();
    // Its folder is a package of its own, which only its own programs import.
    quickstart = await import(pathToFileURL(join(REPOSITORY, 'examples/quickstart/screen-drugs.ts')).href);
    expected = await screen('well', createFaults([]));
    expect(expected.split('\n')[2]).toMatch(/^2,nilotinib,/);
  }, 60_000);
  beforeEach(() => {
    vi.spyOn(console, 'log').mockImplementation(() => {});
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
  afterAll(() => backend.remove());

  it.each(names)('when %s', screenUnder, 60_000);
});
