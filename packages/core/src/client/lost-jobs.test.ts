import { afterEach, describe, expect, it } from 'vitest';
import type { FinalStatus } from '../state/job-status.ts';
import { afterAny } from './dependency.ts';
import { until } from './duties.fixture.ts';
import { nullBackend } from './null-adapter.fixture.ts';
import { dock, ownerWorld } from './owner-regressions.fixture.ts';

const world = ownerWorld();
afterEach(() => world.clear());

const lost: FinalStatus = { state: 'lost', attempt: '1.0', at: new Date(0), reason: 'unknown', message: 'gone' };

describe('a job that is lost', () => {
  it('is never tried again by itself', async () => {
    const backend = nullBackend();
    const handle = await world.clientOn(backend).submit(dock.with({ retry: { 'exit-nonzero': 3 } }));
    backend.job(0).status = lost;

    await until(async () => (await handle.status()).state === 'lost');

    expect(await handle.wait()).toMatchObject({ state: 'lost', attempt: '1.0' });
    expect(handle.duties).toEqual([]);
    expect(backend.jobs.size).toBe(1);
  });

  it('is not the end that a job after any end waits for', async () => {
    const backend = nullBackend();
    const client = world.clientOn(backend);
    const first = await client.submit(dock);
    const held = await client.submit(dock, { after: afterAny(first) });
    backend.job(0).status = lost;

    await until(async () => (await held.status()).state === 'failed');

    expect(await held.wait()).toMatchObject({ state: 'failed', reason: 'dependency-failed' });
    expect(backend.jobs.size).toBe(1);
  });
});
