import { isFinal } from '../state/job-status.ts';
import { createCadence, DEFAULT_CADENCE } from '../tracker/cadence.ts';
import { isAnswer, retryRead } from '../tracker/retry-read.ts';
import type { Subject } from '../tracker/subject.ts';

/** After the end of a job, what it still has to say is waited for this long. */
const DRAIN_LIMIT_MS = 30_000;

export interface FollowedPage {
  readonly cursor?: string;
  readonly end: boolean;
  /** How much came with it: none slows the reading down. */
  readonly count: number;
}

/**
 * Reads page after page until the adapter says that no more will come, or, after the job's end, for 30 seconds more.
 * Between empty pages it waits as the tracker does: fast at first, then slower, at once when the job's status changes.
 * A backend that cannot be reached for a while ends no stream: it goes on where it was.
 */
export async function* followPages<Page extends FollowedPage>(
  subject: Subject,
  read: (cursor: string | undefined) => Promise<Page>,
  {
    cursor,
    follow,
    signal,
  }: { readonly cursor: string | undefined; readonly follow: boolean; readonly signal?: AbortSignal },
): AsyncGenerator<Page, void, undefined> {
  const { slot } = subject;
  const { clock, adapter } = slot;
  const cadence = createCadence(adapter.capabilities.cadence ?? DEFAULT_CADENCE);
  let at = cursor;
  let endedMs: number | undefined;
  for (;;) {
    // Looked at before the page: lines written before the end are then in this page or a later one.
    if (isFinal(subject.status)) endedMs ??= clock.monotonicMs();
    const isDrained = endedMs !== undefined && clock.monotonicMs() - endedMs > DRAIN_LIMIT_MS;
    const page =
      follow && !isDrained
        ? await readOrWait(subject, read, at, signal)
        : await retryRead(() => read(at), { clock, ...(signal ? { signal } : {}) });
    if (page) {
      yield page;
      if (page.end) return;
      // A cursor that moved says that there may be more, though this page was empty.
      const moved = page.count > 0 || (page.cursor !== undefined && page.cursor !== at);
      at = page.cursor ?? at;
      if (moved) {
        cadence.hurry();
        continue;
      }
    }
    if (isDrained) {
      slot.logger.warn(
        { adapter: slot.name, key: subject.ref.key },
        'The job ended 30 seconds ago and its backend still does not say that this was all.',
      );
    }
    if (!follow || isDrained) return;
    await pauseOrChange(subject, cadence.next(), signal);
  }
}

/** `undefined` when the backend could not be asked. Our own errors are answers: they end the stream. */
async function readOrWait<Page>(
  { slot }: Subject,
  read: (cursor: string | undefined) => Promise<Page>,
  cursor: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Page | undefined> {
  try {
    return await read(cursor);
  } catch (error) {
    signal?.throwIfAborted();
    if (slot.closed || isAnswer(error)) throw error;
    slot.logger.debug({ adapter: slot.name, err: error }, 'A page could not be read; it is asked for again.');
    return undefined;
  }
}

async function pauseOrChange(subject: Subject, ms: number, signal: AbortSignal | undefined): Promise<void> {
  const waiting = new AbortController();
  const stop = () => waiting.abort(signal?.reason);
  signal?.throwIfAborted();
  signal?.addEventListener('abort', stop, { once: true });
  const quiet = (error: unknown) => {
    if (!waiting.signal.aborted) throw error;
  };
  const pause = subject.slot.clock.sleep(ms, waiting.signal);
  try {
    const changed = isFinal(subject.status) ? pause : subject.next(subject.status, waiting.signal);
    changed.catch(() => {});
    pause.catch(() => {});
    await Promise.race([pause, changed]).catch(quiet);
    signal?.throwIfAborted();
  } finally {
    signal?.removeEventListener('abort', stop);
    waiting.abort();
  }
}
