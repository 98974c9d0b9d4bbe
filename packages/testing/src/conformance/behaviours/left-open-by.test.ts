import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { leftOpenBy } from './left-open-by.ts';

describe('what work left open', () => {
  it('is a timer it did not clear', async () => {
    const timers: NodeJS.Timeout[] = [];
    const open = await leftOpenBy(async () => {
      timers.push(setTimeout(() => {}, 60_000));
    });
    for (const timer of timers) clearTimeout(timer);

    expect(open).toEqual(['Timeout']);
  });

  it('is nothing when it cleared, let go of, or waited for what it began', async () => {
    const open = await leftOpenBy(async () => {
      clearTimeout(setTimeout(() => {}, 60_000));
      setTimeout(() => {}, 60_000).unref();
      await sleep(5);
    });

    expect(open).toEqual([]);
  });

  it('is not what others opened meanwhile', async () => {
    const other = setTimeout(() => {}, 60_000);
    const open = await leftOpenBy(async () => {
      await sleep(5);
    });
    clearTimeout(other);

    expect(open).toEqual([]);
  });
});
