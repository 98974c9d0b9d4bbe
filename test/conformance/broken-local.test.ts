import type { Part } from '@scijob/core/adapter';
import type { ConformanceSubject } from '@scijob/testing/conformance';
import { describe, expect, it, vi } from 'vitest';
import { type BrokenRunning, brokenRunning } from './broken/running.ts';
import { collectFailures } from './collect-failures.ts';
import { type LocalWorld, localSubject } from './local-subject.ts';

vi.setConfig({ testTimeout: 120_000 });

describe('the suite finds an adapter that', () => {
  it.concurrent.each(brokenRunning)('$name', async (one) => {
    const failures = await collectFailures(brokenLocal(one), one.caughtBy);

    expect([...failures.keys()].toSorted()).toEqual([...one.caughtBy].toSorted());
  });
});

function brokenLocal({ change }: BrokenRunning): ConformanceSubject<LocalWorld> {
  const changed = (part: Part): Part => ({ ...part, job: change(part.job) });
  return {
    ...localSubject,
    create: async (script) => {
      const world = await localSubject.create(script);
      const { adapter } = world;
      const prepare: typeof adapter.prepare = (parts, context) =>
        adapter.prepare(parts.map(changed) as typeof parts, context);
      return { ...world, adapter: { ...adapter, prepare } };
    },
  };
}
