import { setImmediate } from 'node:timers/promises';

/** Requests to the disk and the resolver under way, and callbacks of `setImmediate`: what goes on by itself, whatever the clock says. */
const UNDER_WAY = /^FSReq|^CloseReq$|ReqWrap$|^Immediate$/;
/** Turns of the event loop in which nothing must be under way: one may only have ended to begin the next. */
const QUIET_TURNS = 2;

/**
 * Waits, in real time, until this process has done all it can without time passing: promises, `setImmediate`, files.
 * Gives up after `limitMs`: a busy disk is not waited for for ever.
 */
export async function settleWork(limitMs = 10_000): Promise<void> {
  const begunMs = performance.now();
  for (let quiet = 0; quiet < QUIET_TURNS; ) {
    await setImmediate();
    const isBusy = process.getActiveResourcesInfo().some((name) => UNDER_WAY.test(name));
    quiet = isBusy ? 0 : quiet + 1;
    if (isBusy && performance.now() - begunMs > limitMs) return;
  }
}
