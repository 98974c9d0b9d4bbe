import type { JobRef } from '@scijob/core/adapter';
import { expect, it } from 'vitest';
import { currentPart, partsOf } from './parts-of.ts';

const ref: JobRef = {
  version: 1,
  target: { adapter: 'local', id: 'x', describe: {} },
  key: 'k',
  jobHash: 'h',
  kind: 'command',
  count: 10,
  places: {},
  submissions: [
    { number: 2, parts: [{ nativeId: 'again', tasks: [[3, 4]] }] },
    {
      number: 1,
      parts: [
        { nativeId: 'first', tasks: [[0, 4]] },
        { nativeId: 'second', tasks: [[5, 9]] },
      ],
    },
  ],
};

it('lets the newest submission of a task count, and keeps the order of submission', () => {
  const parts = partsOf(ref);

  expect(parts.map(({ token, submission }) => `${token} ${submission}`)).toEqual(['first 1', 'second 1', 'again 2']);
  expect(parts[0]?.current).toEqual([[0, 2]]);
  expect(currentPart(ref, 3)?.token).toBe('again');
  expect(currentPart(ref, 2)?.token).toBe('first');
  expect(currentPart(ref, 10)).toBeUndefined();
});
