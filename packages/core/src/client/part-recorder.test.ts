import { describe, expect, it } from 'vitest';
import { intentOf, openTestLedger, temporaryFolder } from '../ledger/ledger.fixture.ts';
import { silentLogger } from '../seam/default-logger.ts';
import { systemClock } from '../seam/system-clock.ts';
import { AdapterSlot } from '../tracker/adapter-slot.ts';
import type { ComposedJob } from './composed-job.ts';
import { KeyOwnership } from './key-ownership.ts';
import { nullAdapter, nullBackend } from './null-adapter.fixture.ts';
import { PartNotClaimed } from './part-not-claimed.ts';
import { PartRecorder } from './part-recorder.ts';

describe('the next part of a held job', () => {
  it('is not recorded by a second who believes to be its owner', async () => {
    const folder = temporaryFolder();
    const [one, two] = [await openTestLedger(folder), await openTestLedger(folder)];
    await one.append(intentOf('k', { parts: [], duties: ['dependency 1'] }));
    const slot = new AdapterSlot({
      name: 'nowhere',
      adapter: nullAdapter(nullBackend()),
      clock: systemClock,
      logger: silentLogger,
      onEnd: async () => undefined,
    });
    const history = await one.readJob('k');
    if (!history) throw new Error('It was recorded.');
    // All that is used of it is what it knows of itself.
    const job = { key: 'k', history } as ComposedJob;
    const recorders = [one, two].map(
      (ledger) =>
        new PartRecorder({ job, ledger, ownership: new KeyOwnership(slot, ledger), reread: async () => history }),
    );

    const recorded = await Promise.allSettled(recorders.map((recorder) => recorder.record(history, undefined)));

    expect(recorded.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const refused = recorded.find((one): one is PromiseRejectedResult => one.status === 'rejected');
    expect(refused?.reason).toBeInstanceOf(PartNotClaimed);
  });
});
