import { describeBehaviours } from '@scijob/testing/conformance';
import { describe, expect, it, vi } from 'vitest';
import { broken } from './broken/broken-adapter.ts';
import { brokenReading } from './broken/reading.ts';
import { brokenSubmitting } from './broken/submitting.ts';
import { brokenWatching } from './broken/watching.ts';
import { collectFailures } from './collect-failures.ts';
import { fakeSubject } from './fake-subject.ts';

vi.setConfig({ testTimeout: 60_000 });

const ALL_ON = {};
const BROKEN = [...brokenSubmitting, ...brokenWatching, ...brokenReading];

describe('the suite finds an adapter that', () => {
  it.each(BROKEN)('$name', async (one) => {
    const { name, capabilities = ALL_ON, caughtBy } = one;
    const subject = fakeSubject({ name, capabilities, breakIt: (adapter) => broken(adapter, one) });

    const failures = await collectFailures(subject, caughtBy);

    expect([...failures.keys()].toSorted()).toEqual([...caughtBy].toSorted());
  });
});

describe('the behaviours that must find them', () => {
  it('hold on the fake that the broken ones are made of', async () => {
    for (const capabilities of new Set(BROKEN.map((one) => one.capabilities ?? ALL_ON))) {
      const own = BROKEN.filter((one) => (one.capabilities ?? ALL_ON) === capabilities);
      const ids = own.flatMap(({ caughtBy }) => caughtBy);
      const failures = await collectFailures(fakeSubject({ name: 'whole', capabilities }), ids);
      expect(failures).toEqual(new Map());
    }
  });

  it('are behaviours', () => {
    const known = new Set(describeBehaviours().map(({ id }) => id));
    expect(BROKEN.flatMap(({ caughtBy }) => caughtBy).filter((id) => !known.has(id))).toEqual([]);
  });
});
