import type { AdapterCapabilities, JobKind } from '@scijob/core/adapter';
import type { FakeAdapter } from '@scijob/testing';
import type { AnyAdapter } from '@scijob/testing/conformance';

/** An adapter with one thing wrong, and the behaviours that must find it. */
export interface BrokenAdapter {
  readonly name: string;
  /** Of the fake it is made of. @default all on */
  readonly capabilities?: Partial<AdapterCapabilities<JobKind>>;
  breakIt(adapter: FakeAdapter): Partial<FakeAdapter>;
  /** Each of these fails, and holds on the fake itself. */
  readonly caughtBy: readonly string[];
}

export function broken(adapter: FakeAdapter, { breakIt }: BrokenAdapter): AnyAdapter {
  return { ...adapter, ...breakIt(adapter) } as AnyAdapter;
}
