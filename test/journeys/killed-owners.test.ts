import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { type Allowed, succeeded, wrongs } from './judge.fixture.ts';
import { type Lab, openLab } from './lab.fixture.ts';
import type { Beginning, Scenario, ScenarioEnd } from './lab-scenario.fixture.ts';
import { seeded } from './seeded.fixture.ts';

const PROGRAM = fileURLToPath(new URL('lab-scenario.fixture.ts', import.meta.url));
const BEGINNINGS: readonly Beginning[] = ['adopt', 'attach', 'submit'];
const seed = Number(process.env['SCIJOB_TEST_SEED'] ?? 20_261_123);
/** Of all scenarios together; a full run has a hundred. */
const kills = Number(process.env['SCIJOB_TEST_KILLS'] ?? 10);
const isFull = kills >= 100;
let killed = 0;
/** Far longer than a run takes on a busy machine: nothing is judged by it but whether it ends at all. */
const HUNG_AFTER_MS = 90_000;

interface Rules {
  readonly size: number;
  /** Each key with what may happen to it; all of it must succeed in the end but what is bound to fail. */
  readonly allowed: (size: number) => ReadonlyMap<string, Allowed>;
}

const SCENARIOS: { readonly [Name in Scenario]: Rules } = {
  submits: {
    size: isFull ? 1_000 : 300,
    allowed: (size) => keyed(size, (index) => [[`submit-${index}`, { tasks: 1 }]]),
  },
  chains: {
    size: 4,
    allowed: (size) =>
      keyed(size, (index) => [1, 2, 3, 4].map((link): [string, Allowed] => [`chain-${index}.${link}`, { tasks: 1 }])),
  },
  retries: {
    size: 4,
    allowed: (size) =>
      keyed(size, (index) => [
        [`retry-${index}`, { tasks: 1, runs: 3 }],
        [`retry-${index}.array`, { tasks: 6, runs: 3 }],
        [`retry-${index}.bad`, { tasks: 1, runs: 3, fails: true }],
      ]),
  },
  windows: {
    size: 3,
    allowed: (size) =>
      keyed(size, (index) => [
        [`window-${index}`, { tasks: 15, window: 4 }],
        [`window-${index}.shards`, { tasks: 15 }],
      ]),
  },
  'failed-again': {
    size: 4,
    allowed: (size) => keyed(size, (index) => [[`again-${index}`, { tasks: 6, runs: 2 }]]),
  },
};

function keyed(size: number, of: (index: number) => readonly (readonly [string, Allowed])[]) {
  return new Map(Array.from({ length: size }, (_, index) => of(index)).flat());
}

function start(scenario: Scenario, lab: Lab, beginning: Beginning) {
  const argv = [PROGRAM, scenario, lab.ledger, lab.url, beginning, String(SCENARIOS[scenario].size)];
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  let isHung = false;
  const bound = setTimeout(() => {
    isHung = child.kill('SIGKILL');
  }, HUNG_AFTER_MS);
  const ended = once(child, 'close').then(([code, signal]) => {
    clearTimeout(bound);
    if (isHung)
      throw new Error(`${scenario}, begun by ${beginning}, had not ended after ${HUNG_AFTER_MS} ms. ${errors}`);
    if (code !== 0 && signal !== 'SIGKILL') throw new Error(`${scenario}, begun by ${beginning}, failed: ${errors}`);
    return code === 0 ? (JSON.parse(output) as readonly ScenarioEnd[]) : undefined;
  });
  return { child, ended };
}

/** Kills it once the backend has seen so many steps of requests, and a moment later; `false` when it came to its end before. */
async function killAfter(steps: number, laterMs: number, run: ReturnType<typeof start>, lab: Lab): Promise<boolean> {
  const { events } = lab.backend;
  const reached = Promise.withResolvers<void>();
  let left = steps;
  const count = () => {
    left -= 1;
    if (left <= 0) reached.resolve();
  };
  events.on('moment', count).on('recorded', count);
  await Promise.race([reached.promise, run.ended]);
  events.off('moment', count).off('recorded', count);
  await new Promise((resolve) => setTimeout(resolve, laterMs));
  run.child.kill('SIGKILL');
  return (await run.ended) === undefined;
}

async function judge(scenario: Scenario, lab: Lab, ends: readonly ScenarioEnd[]): Promise<void> {
  const { size, allowed } = SCENARIOS[scenario];
  const rules = allowed(size);
  expect(wrongs(lab.backend, rules)).toEqual([]);
  const expected = [...rules].map(([key, { tasks, fails }]) => {
    const end = fails
      ? { key, state: 'failed', duties: [], reason: 'exit-nonzero', message: expect.any(String) }
      : { key, state: 'succeeded', duties: [] };
    return tasks === 1 ? end : { ...end, succeeded: tasks };
  });
  const byKey = (a: { key: string }, b: { key: string }) => (a.key < b.key ? -1 : 1);
  expect(ends.toSorted(byKey)).toEqual(expected.toSorted(byKey));
  const counted = [...rules].map(([key]) => [key, succeeded(lab.backend, key)]);
  expect(counted).toEqual([...rules].map(([key, { tasks, fails }]) => [key, fails ? 0 : tasks]));
  // What a kill tore off was noted by the next session; nothing else is out of order.
  expect(await lab.verify()).toMatchObject({ status: 'intact', findings: [] });
}

describe('an owner that is killed at any moment', () => {
  afterAll(() => console.log(`${killed} owners were killed`));

  it.each(Object.keys(SCENARIOS) as Scenario[])(
    'loses nothing, runs nothing twice, and the next goes on: %s',
    async (scenario) => {
      const random = seeded(seed + scenario.length * 1_000 + scenario.charCodeAt(0));
      const own = Math.ceil(kills / Object.keys(SCENARIOS).length);
      console.log(`${scenario}: seed ${seed}, ${own} kills (SCIJOB_TEST_SEED, SCIJOB_TEST_KILLS)`);
      /** How many steps an undisturbed run takes: measured by the first, and what kills are spread over. */
      let whole = 0;
      for (let done = 0; whole === 0 || done < own; ) {
        const lab = await openLab(Math.floor(random() * 2 ** 31));
        let steps = 0;
        lab.backend.events.on('moment', () => (steps += 1)).on('recorded', () => (steps += 1));
        const inThisLab = whole === 0 ? 0 : Math.min(own - done, 1 + Math.floor(random() * 4));
        let ends: readonly ScenarioEnd[] | undefined;
        for (let kill = 0; kill < inThisLab && !ends; kill += 1) {
          const beginning = BEGINNINGS[Math.floor(random() * 3)] ?? 'adopt';
          const run = start(scenario, lab, beginning);
          // The first moments are the richest: half of all kills come in the first third of what is left.
          const left = Math.max(whole - steps, 4);
          const at = Math.ceil(left * random() ** 1.5);
          if (await killAfter(at, random() * 8, run, lab)) {
            done += 1;
            killed += 1;
          } else {
            ends = await run.ended;
          }
        }
        const last = BEGINNINGS[Math.floor(random() * 3)] ?? 'adopt';
        ends ??= await start(scenario, lab, last).ended;
        await judge(scenario, lab, ends ?? []);
        whole ||= steps;
        await lab.close();
      }
    },
    isFull ? 900_000 : 120_000,
  );

  it('is adopted when nothing of its job arrived, and the job is sent by whoever submits the key again', async () => {
    const lab = await openLab();
    const [owner, next] = [lab.start(), lab.start({ times: 20 })];
    lab.backend.freezeNextSubmit();
    const sent = lab.backend.moment('request', 'submit');
    void owner.submit({ key: 'science' }).catch(() => {});
    await sent;
    await owner.kill();

    await next.ask({ do: 'adopt' });
    await next.submit({ key: 'science' });
    expect(await next.wait('science')).toEqual({ state: 'succeeded', attempt: '2.0' });

    lab.backend.thaw();
    await lab.backend.until(() => lab.backend.record.some(({ type }) => type === 'refused'));
    expect(wrongs(lab.backend, new Map([['science', { tasks: 1 }]]))).toEqual([]);
  });
});
