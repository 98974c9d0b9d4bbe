import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { manualClock } from './manual-clock.ts';
import { NeverSettlesError } from './never-settles-error.ts';

const DAY_MS = 86_400_000;

describe('a manual clock', () => {
  it('begins at a fixed date, or the one given, and stands still', async () => {
    const clock = manualClock();
    await new Promise((resolve) => setTimeout(resolve, 5));

    expect(clock.now()).toEqual(new Date('2026-01-01T00:00:00Z'));
    expect(clock.monotonicMs()).toBe(0);
    expect(manualClock({ startAt: new Date('2031-05-06') }).now()).toEqual(new Date('2031-05-06'));
  });

  it('wakes sleepers in the order they are due, each at its time, and lets them sleep again on the way', async () => {
    const clock = manualClock();
    const woken: string[] = [];
    const sleepTwice = async (name: string, firstMs: number, thenMs: number) => {
      await clock.sleep(firstMs);
      woken.push(`${name} ${clock.monotonicMs()}`);
      await Promise.resolve();
      await clock.sleep(thenMs);
      woken.push(`${name} ${clock.monotonicMs()}`);
    };
    void sleepTwice('late', 50, 100);
    void sleepTwice('early', 10, 60);
    void sleepTwice('same', 10, 1_000);

    await clock.advance(200);

    expect(woken).toEqual(['early 10', 'same 10', 'late 50', 'early 70', 'late 150']);
    expect(clock.monotonicMs()).toBe(200);
    expect(clock.sleepers).toBe(1);
  });

  it('keeps the order of many sleepers, also when some of them leave', async () => {
    const clock = manualClock();
    const woken: number[] = [];
    const leaving = new AbortController();
    const gone: unknown[] = [];
    for (let index = 0; index < 1_000; index += 1) {
      const dueMs = 1 + ((index * 7_919) % 1_000);
      const sleep = clock.sleep(dueMs, index % 2 === 0 ? leaving.signal : undefined);
      void sleep.then(
        () => woken.push(dueMs),
        (reason: unknown) => gone.push(reason),
      );
    }
    leaving.abort('enough');
    await clock.advance(1_000);

    expect(gone).toEqual(Array.from({ length: 500 }, () => 'enough'));
    expect(woken).toHaveLength(500);
    expect(woken).toEqual(woken.toSorted((a, b) => a - b));
    expect(clock.sleepers).toBe(0);
  });

  it('lets a sleep be called off, with the reason', async () => {
    const clock = manualClock();
    const abort = new AbortController();
    const sleep = clock.sleep(1_000, abort.signal);
    abort.abort(new Error('enough'));

    await expect(sleep).rejects.toThrow('enough');
    await expect(clock.sleep(1, AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
    expect(clock.sleepers).toBe(0);
  });

  it('does not wake for a sleep of no time, but goes on at once', async () => {
    await manualClock().sleep(0);
  });

  it('moves the date alone when it is set: nobody wakes, no time has passed', async () => {
    const clock = manualClock();
    let woke = false;
    void clock.sleep(1_000).then(() => {
      woke = true;
    });
    clock.setDate(new Date(clock.now().getTime() + 2 * DAY_MS));
    await clock.advance(500);

    expect(clock.now()).toEqual(new Date('2026-01-03T00:00:00.500Z'));
    expect(clock.monotonicMs()).toBe(500);
    expect(woke).toBe(false);
  });

  it('wakes late whoever slept while a process was stopped', async () => {
    const clock = manualClock();
    const woken: number[] = [];
    for (const ms of [10, 20, 90_000]) void clock.sleep(ms).then(() => woken.push(clock.monotonicMs()));
    await clock.jump(60_000);
    expect(woken).toEqual([60_000, 60_000]);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses to advance by %s', (ms) => {
    expect(() => manualClock().advance(ms)).toThrow(TypeError);
  });
});

describe('run', () => {
  it('lets exactly the time pass that the promise takes, and settles as it does', async () => {
    const clock = manualClock();
    const work = async () => {
      for (let hour = 0; hour < 24; hour += 1) await clock.sleep(3_600_000);
      return 'done';
    };
    void clock.sleep(3 * DAY_MS);

    expect(await clock.run(work())).toBe('done');
    expect(clock.monotonicMs()).toBe(DAY_MS);
    await expect(clock.run(Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(clock.monotonicMs()).toBe(DAY_MS);
  });

  it('waits for files that are written and synced before time goes on', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'manual-clock-'));
    const clock = manualClock();
    const deadline = new AbortController();
    // A deadline that must not be reached while the disk works.
    const late = clock.sleep(1_000, deadline.signal).then(
      () => 'the deadline passed',
      () => 'in time',
    );
    const write = async () => {
      const file = await open(join(folder, 'ledger'), 'w');
      for (let line = 0; line < 20; line += 1) {
        await file.write(`${line}\n`);
        await file.datasync();
        await new Promise((resolve) => setImmediate(resolve));
      }
      await file.close();
      deadline.abort();
    };
    await clock.run(write());
    expect(await late).toBe('in time');
    expect(clock.monotonicMs()).toBe(0);
    await rm(folder, { recursive: true });
  });

  it('gives a long deadline some real time to be called off, before it wakes', async () => {
    const clock = manualClock();
    const deadline = new AbortController();
    const late = clock.sleep(120_000, deadline.signal).then(
      () => 'the deadline passed',
      () => 'in time',
    );
    const unseen = new Promise((resolve) => setTimeout(resolve, 30)).then(() => deadline.abort());
    await clock.run(Promise.all([unseen, late]));
    expect(await late).toBe('in time');
    expect(clock.monotonicMs()).toBe(0);
  });

  it('waits in real time for what no sleeper brings', async () => {
    const clock = manualClock();
    expect(await clock.run(new Promise((resolve) => setTimeout(resolve, 30, 'by a timer')))).toBe('by a timer');
    expect(clock.monotonicMs()).toBe(0);
  });

  it('serves several promises at once', async () => {
    const clock = manualClock();
    const at = (ms: number) => clock.sleep(ms).then(() => clock.monotonicMs());
    expect(await Promise.all([clock.run(at(30)), clock.run(at(10)), clock.run(at(20))])).toEqual([30, 10, 20]);
  });

  it('ends with an error when nobody sleeps and nothing happens', async () => {
    const waiting = manualClock().run(new Promise(() => {}), { realLimitMs: 30 });
    await expect(waiting).rejects.toThrow('Perhaps the client was made without `clock`');
    await expect(waiting).rejects.toSatisfy(NeverSettlesError.isInstance);
  });

  it('ends with an error when the time it was given is over', async () => {
    const clock = manualClock();
    const forEver = async () => {
      for (;;) await clock.sleep(10_000);
    };
    await expect(clock.run(forEver(), { limitMs: 3_600_000 })).rejects.toThrow(
      'not settled after 3600 seconds on the manual clock (now 2026-01-01T01:00:00.000Z)',
    );
  });
});
