import { expect, it, vi } from 'vitest';
import { collect, intentOf, openTestLedger, outcomeOf } from './ledger.fixture.ts';

// All keys share one hash here, as two might by chance.
vi.mock(import('./record-index.ts'), async (original) => ({ ...(await original()), keyHash: () => 1 }));

it('never mixes two keys that share a hash', async () => {
  const ledger = await openTestLedger('memory');
  await ledger.append(intentOf('a'));
  await ledger.append(intentOf('b'));
  await ledger.append(outcomeOf('b'));

  expect(await ledger.readJob('a')).toMatchObject({ key: 'a', intents: { length: 1 }, outcomes: [] });
  expect(await ledger.readJob('c')).toBeUndefined();
  expect((await collect(ledger.jobs())).map(({ key }) => key)).toEqual(['a', 'b']);
});
