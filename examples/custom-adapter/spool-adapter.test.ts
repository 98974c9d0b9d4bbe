import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type ConformanceWorld, conformance } from '@scijob/testing/conformance';
import { afterAll, describe, expect, it } from 'vitest';
import { createSpool } from './spool-adapter.ts';

interface SpoolWorld extends ConformanceWorld {
  readonly directory: string;
}

const count = conformance<SpoolWorld>(
  {
    name: 'spool',
    capabilities: createSpool({ directory: '.' }).capabilities,
    create: async () => {
      const directory = await mkdtemp(join(tmpdir(), 'spool-'));
      return {
        adapter: createSpool({ directory }),
        directory,
        dispose: () => rm(directory, { recursive: true, force: true, maxRetries: 10 }),
      };
    },
    second: ({ directory }) => createSpool({ directory }),
    created: async ({ directory }) => (await readdir(join(directory, 'jobs')).catch(() => [])).length,
    changeArtifact: (_world, _ref, { uri }) => writeFile(fileURLToPath(uri), 'something else altogether'),
  },
  { describe, it: it.concurrent, after: afterAll },
);

it('keeps as much of the contract as was agreed', () => {
  expect(count.behaviours.length).toBeGreaterThanOrEqual(152);
  expect(count.counterBehaviours.length).toBeGreaterThanOrEqual(11);
});

it('runs a job: basic.ts', async () => {
  const home = await mkdtemp(join(tmpdir(), 'spool-'));
  try {
    const { stdout } = await promisify(execFile)(process.execPath, ['basic.ts'], {
      cwd: import.meta.dirname,
      env: { ...process.env, SPOOL: home },
    });
    expect(stdout).toBe('Hello from attempt 1.0\n');
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});
