import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { type Figure, type Metric, type Pair, requireCount, type Scale } from './harness.ts';

/** Each with the adapter of that name. */
const SUBJECTS = ['fake', 'local'] as const;
const NOTHING = new URL('./empty-tests.ts', import.meta.url);

export const conformance: Metric = {
  name: 'conformance',
  about: 'seconds of one run of the contract of adapters, per adapter',
  measure: measureConformance,
};

async function measureConformance({ quick, rounds }: Scale): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const subject of quick ? SUBJECTS.slice(0, 1) : SUBJECTS) {
    const pairs: Pair[] = [];
    let held = '';
    let tests = 0;
    // Each run is a cold process, as it is for a user: nothing to warm up.
    for (let round = 1; round <= Math.min(rounds, 3); round += 1) {
      const ours = await runTests(new URL(`../conformance/node-test/${subject}.ts`, import.meta.url), subject);
      held = ours.output.match(new RegExp(`^(?:# )?${subject}: (.* held, of \\d+; \\d+ not run)`, 'm'))?.[1] ?? '';
      if (held === '') throw new Error(`The suite did not say how many behaviours of ${subject} held.`);
      tests = ours.tests;
      const peer = await runTests(NOTHING, undefined, tests);
      requireCount('Empty tests', peer.tests, tests);
      process.stderr.write(`  ${subject}, round ${round}: ${ours.seconds.toFixed(1)} s; ${held}\n`);
      pairs.push({ ours: ours.seconds, peer: peer.seconds });
    }
    figures.push({
      metric: `conformance, ${subject}`,
      unit: 's',
      peer: 'as many empty tests',
      pairs,
      goal: { value: { atMost: 60 } },
      size: { tests },
      note: `under node --test, its start included; ${held}`,
    });
  }
  return figures;
}

interface TestRun {
  readonly seconds: number;
  readonly tests: number;
  readonly output: string;
}

/** Runs a file of tests, of one subject only when it is named. Every test must pass. */
async function runTests(file: URL, subject: string | undefined, count = 0): Promise<TestRun> {
  const only = subject === undefined ? [] : [`--test-name-pattern=^${subject} keeps`];
  const begun = performance.now();
  const child = spawn(process.execPath, ['--test', '--test-reporter=tap', ...only, fileURLToPath(file)], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TMPDIR: process.env['TMPDIR'], COUNT: String(count) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  const output = await text(child.stdout);
  const [code] = await ended;
  const seconds = (performance.now() - begun) / 1_000;
  const failed = output.split('\n').filter((line) => /^\s*not ok/.test(line));
  if (code !== 0 || failed.length > 0) {
    throw new Error(`node --test of ${fileURLToPath(file)} ended with ${code}:\n${failed.join('\n')}`);
  }
  return { seconds, tests: Number(/^# tests (\d+)$/m.exec(output)?.[1]), output };
}
