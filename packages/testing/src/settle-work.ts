import { setImmediate } from 'node:timers/promises';

/** Requests to the disk and the resolver under way, and callbacks of `setImmediate`: what goes on by itself, whatever the clock says. */
const UNDER_WAY = /^FSReq|^CloseReq$|ReqWrap$/;
/** Turns of the event loop in which nothing must be under way: one may only have ended to begin the next. */
const QUIET_TURNS = 2;
/** Who waits here: each has one callback of `setImmediate` of its own, which is no work. */
let waiting = 0;

/**
 * Waits, in real time, until this process has done all it can without time passing: promises, `setImmediate`, files.
 * Gives up after `limitMs`: a busy disk is not waited for for ever.
 */
export async function settleWork(limitMs = 10_000): Promise<void> {
  const begunMs = performance.now();
  waiting += 1;
  try {
    for (let quiet = 0; quiet < QUIET_TURNS; ) {
      await setImmediate();
      const isBusy = hasWork();
      quiet = isBusy ? 0 : quiet + 1;
      if (isBusy && performance.now() - begunMs > limitMs) return;
    }
  } finally {
    waiting -= 1;
  }
}

function hasWork(): boolean {
  const resources = process.getActiveResourcesInfo();
  if (resources.some((name) => UNDER_WAY.test(name))) return true;
  // Two clocks that are moved at once must not wait for each other.
  return resources.filter((name) => name === 'Immediate').length > waiting - 1;
}
