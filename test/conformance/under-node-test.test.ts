import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, vi } from 'vitest';
import { agreedCount, isNoLess } from './agreed-count.ts';
import { fakeSubjects } from './fake-subjects.ts';

vi.setConfig({ testTimeout: 180_000 });

describe('under node --test', () => {
  it.each([
    ['fake', fakeSubjects.map(({ name }) => name)],
    ['local', ['local']],
  ])('the suite runs on %s, as far as was agreed', async (file, names) => {
    const { code, output } = await nodeTest(join(import.meta.dirname, 'node-test', `${file}.ts`));

    expect(output.split('\n').filter((line) => /^\s*not ok/.test(line))).toEqual([]);
    expect(code).toBe(0);
    for (const name of names) expect(countIn(output, name), output.slice(-2_000)).toSatisfy(isAgreed(name));
  });
});

interface Counted {
  readonly held: number;
  readonly notRun: number;
}

const isAgreed = (name: string) => (now: Counted | undefined) => now !== undefined && isNoLess(now, agreedCount(name));

/** The one line that the suite prints per subject. */
function countIn(output: string, name: string): Counted | undefined {
  const line = new RegExp(
    `^(?:# )?${name}: (\\d+) behaviours and (\\d+) counter-behaviours held, of \\d+; (\\d+) not run`,
    'm',
  );
  const [, behaviours, counterBehaviours, notRun] = line.exec(output) ?? [];
  if (behaviours === undefined) return undefined;
  return { held: Number(behaviours) + Number(counterBehaviours), notRun: Number(notRun) };
}

async function nodeTest(file: string): Promise<{ readonly code: number | null; readonly output: string }> {
  // What vitest sets would have the child report to it.
  const { NODE_OPTIONS: _options, NODE_TEST_CONTEXT: _context, ...env } = process.env;
  const child = spawn(process.execPath, ['--test', '--test-reporter=tap', file], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { output: await text(child.stdout), code: await exited };
}
