import type { Part } from '@scijob/core/adapter';
import type { FakeAdapter } from '@scijob/testing';

/** The adapter is given other parts than core gave. */
export function changingParts(
  adapter: FakeAdapter,
  change: (part: Part) => Part,
): Pick<FakeAdapter, 'prepare' | 'submit'> {
  return {
    prepare: (parts, context) => adapter.prepare(parts.map(change), context),
    submit: (parts, context) => adapter.submit(parts.map(change), context),
  };
}
