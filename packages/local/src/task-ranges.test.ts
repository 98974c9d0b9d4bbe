import { expect, it } from 'vitest';
import { countTasks, indexAt, positionOf, withoutTasks } from './task-ranges.ts';

it('puts indices in a row and finds them again', () => {
  const ranges = [
    [2, 4],
    [7, 7],
  ] as const;
  const indices = [0, 1, 2, 3].map((position) => indexAt(ranges, position));

  expect(countTasks(ranges)).toBe(4);
  expect(indices).toEqual([2, 3, 4, 7]);
  expect(indexAt(ranges, 4)).toBeUndefined();
  expect([2, 4, 5, 7].map((index) => positionOf(ranges, index))).toEqual([0, 2, undefined, 3]);
});

it('takes ranges out of ranges', () => {
  expect(
    withoutTasks(
      [[0, 9]],
      [
        [3, 4],
        [8, 20],
      ],
    ),
  ).toEqual([
    [0, 2],
    [5, 7],
  ]);
  expect(withoutTasks([[5, 6]], [[0, 9]])).toEqual([]);
});
