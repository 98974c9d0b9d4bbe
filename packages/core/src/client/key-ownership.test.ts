import { describe, expect, it } from 'vitest';
import { openTestLedger, temporaryFolder } from '../ledger/ledger.fixture.ts';
import { silentLogger } from '../seam/default-logger.ts';
import { systemClock } from '../seam/system-clock.ts';
import { AdapterSlot } from '../tracker/adapter-slot.ts';
import { KeyOwnership } from './key-ownership.ts';
import { nullAdapter, nullBackend } from './null-adapter.fixture.ts';

const slot = new AdapterSlot({
  name: 'nowhere',
  adapter: nullAdapter(nullBackend()),
  clock: systemClock,
  logger: silentLogger,
  onEnd: async () => undefined,
});

describe('what a session has claimed', () => {
  it('is not taken over from it while it lives', async () => {
    const folder = temporaryFolder();
    const [owner, other] = [await openTestLedger(folder), await openTestLedger(folder)];
    await owner.claim('k');

    expect(await new KeyOwnership(slot, other).takeOver('k', owner.session)).toBe(false);
    expect(await new KeyOwnership(slot, owner).takeOver('k', owner.session)).toBe(true);
  });
});

describe('what a session that died had claimed', () => {
  it('is taken over by one of those who ask at once', async () => {
    const folder = temporaryFolder();
    const dead = await openTestLedger(folder);
    await dead.claim('k');
    await dead.close();
    const ledgers = await Promise.all([1, 2, 3, 4].map(() => openTestLedger(folder)));

    const taken = await Promise.all(
      ledgers.map((ledger) => new KeyOwnership(slot, ledger).takeOver('k', dead.session)),
    );

    expect(taken.filter(Boolean)).toEqual([true]);
  });

  it('goes on to the next when who took it over has died, too', async () => {
    const folder = temporaryFolder();
    const [first, second, third] = [
      await openTestLedger(folder),
      await openTestLedger(folder),
      await openTestLedger(folder),
    ];
    await first.claim('k');
    await first.close();
    expect(await new KeyOwnership(slot, second).takeOver('k', first.session)).toBe(true);
    expect(await new KeyOwnership(slot, third).takeOver('k', first.session)).toBe(false);
    await second.close();

    expect(await new KeyOwnership(slot, third).takeOver('k', first.session)).toBe(true);
  });
});
