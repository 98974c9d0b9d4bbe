import { describe, expect, it } from 'vitest';
import { manualClock } from '../../manual-clock.ts';
import { Time } from './time.ts';

describe('time that the suite moves', () => {
  it('passes while something that waits for it is waited for', async () => {
    const clock = manualClock();
    const time = new Time(clock);

    await time.drive(clock.sleep(60_000));

    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(60_000);
  });

  it('hands on what was waited for, failures too', async () => {
    const time = new Time(manualClock());

    await expect(time.drive(Promise.resolve(7))).resolves.toBe(7);
    await expect(time.drive(Promise.reject(new Error('no')))).rejects.toThrow('no');
  });

  it('does not pass for ever for what never comes', async () => {
    const time = new Time(manualClock());

    await expect(time.drive(new Promise(() => {}))).rejects.toThrow(/simulated seconds for nothing/);
  });
});
