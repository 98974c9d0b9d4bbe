import { expect, it } from 'vitest';
import { TaskQueue } from './task-queue.ts';

const takeAll = (queue: TaskQueue) => {
  const taken: number[] = [];
  for (let index = queue.takeNext(); index !== undefined; index = queue.takeNext()) taken.push(index);
  return taken;
};

it('hands out each task once, in order, those put back first', () => {
  const queue = new TaskQueue([
    [3, 5],
    [9, 9],
  ]);
  queue.putBack(queue.takeNext() ?? -1);

  expect(takeAll(queue)).toEqual([3, 4, 5, 9]);
  expect(queue.hasReady).toBe(false);
});

it('hands out nothing that is held, and what is released in the order of its release', () => {
  const queue = new TaskQueue([[0, 4]]);
  queue.hold();
  queue.end(1);

  expect([queue.release(3), queue.release(0), queue.release(3), queue.release(1)]).toEqual([true, true, false, false]);
  expect([queue.heldCount, [...queue.untouched()]]).toEqual([2, [2, 4]]);
  expect(takeAll(queue)).toEqual([3, 0]);
  queue.releaseAll();
  expect(takeAll(queue)).toEqual([2, 4]);
});

it('hands out what is to be tried again when its time has come, and counts it as begun', () => {
  const queue = new TaskQueue([[0, 2]]);
  queue.takeNext();
  queue.delay(0, 1_000);

  expect([queue.releaseDue(999), queue.heldCount, queue.waitingAgain(5)]).toEqual([false, 1, [0]]);
  expect([queue.releaseDue(1_000), queue.begun]).toEqual([true, 1]);
  expect(takeAll(queue)).toEqual([0, 1, 2]);
});

it('gives up whatever waits for anything, and lets one task be withdrawn from wherever it waits', () => {
  const queue = new TaskQueue([[0, 5]]);
  for (let count = 0; count < 3; count += 1) queue.takeNext();
  queue.delay(0, 1_000);
  queue.putBack(1);
  queue.delay(2, 1_000);
  queue.withdraw(2);
  queue.withdraw(4);
  queue.hold();

  const taken: (number | undefined)[] = [];
  for (let count = 0; count < 5; count += 1) taken.push(queue.takeAny());
  expect(taken).toEqual([1, 0, 3, 5, undefined]);
});

it('has ended when each task has, whichever way it went', () => {
  const queue = new TaskQueue([[0, 1]]);
  queue.hold();

  expect([queue.end(0), queue.end(0), queue.end(7), queue.isEnded]).toEqual([true, false, false, false]);
  expect([queue.end(1), queue.isEnded, queue.heldCount]).toEqual([true, true, 0]);
});
