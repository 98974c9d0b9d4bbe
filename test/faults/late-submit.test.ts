import { join } from 'node:path';
import { createClient } from '@scijob/core';
import { createFaults, frozen, nth, withFaults } from '@scijob/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JourneyBackend } from './journey-backend.ts';
import { localBackend } from './local-backend.ts';
import { scriptedBackend } from './scripted-backend.ts';

describe.each([
  ['this machine', localBackend],
  ['a scripted backend', scriptedBackend],
])('a submit to %s that freezes, is given up, and arrives after all', (_where, make) => {
  let backend: JourneyBackend;
  beforeAll(async () => {
    backend = await make();
  });
  afterAll(() => backend.remove());

  it('runs nothing a second time: what was given up had been fenced', async () => {
    const freeze = frozen('submit', nth(1));
    const faults = createFaults([freeze]);
    await using client = createClient({
      adapters: { here: withFaults(backend.adapter, faults) },
      ledger: join(backend.home, 'ledger'),
      clock: backend.clock,
      logger: false,
    });

    // Frozen until its deadline, looked up, found absent, sent under the next number.
    const handle = await client.submit(backend.job('late', false), { key: 'late' });
    expect(handle.toJSON()).toEqual(expect.any(String));
    expect(await handle.wait()).toMatchObject({ state: 'succeeded', attempt: '2.0' });
    expect(await backend.ran()).toEqual(['late 0']);

    await freeze.thaw();
    expect(faults.injected.at(-1)).toMatchObject({ method: 'submit', call: 1, detail: 'the request let go' });
    expect(await backend.ran(), String(faults)).toEqual(['late 0']);
    expect((await client.submit(backend.job('late', false), { key: 'late' })).toString()).toBe(handle.toString());
  }, 60_000);
});
