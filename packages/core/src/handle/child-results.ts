import { ArtifactError } from '../errors/artifact-error.ts';
import { OutputError } from '../errors/output-error.ts';
import type { ChildObservation } from '../seam/observation.ts';
import { ENDED_STATES, isFinalState } from '../state/job-state.ts';
import { type FinalStatus, isFinal } from '../state/job-status.ts';
import { followPages } from '../streams/follow-pages.ts';
import type { Streamed, Streaming } from '../streams/job-stream.ts';
import { formatCursor, parseCursor } from '../streams/stream-cursor.ts';
import type { WholeSubject } from '../tracker/subject.ts';
import { IndexSet } from '../util/index-set.ts';
import { JobFailedError } from './job-failed-error.ts';
import type { Child, JobHandle } from './job-handle.ts';

/** The children of an array in the order they end, each once, with its item and its outputs or its error. */
export async function* childResults<Item, R>(
  array: WholeSubject,
  childOf: (row: ChildObservation & { readonly child: number }) => JobHandle<R>,
  itemOf: (index: number) => Promise<Item>,
  { signal, from, follow = true }: Streaming,
): AsyncGenerator<Streamed<Child<Item, R>>, void, undefined> {
  const [pageCursor, seen] = splitPosition(parseCursor('result', from));
  let skip = seen;
  let begun = pageCursor;
  const given = new IndexSet(array.ref.count ?? 0);
  const read = async (cursor: string | undefined) => {
    const query = { states: ENDED_STATES, ...(cursor === undefined ? {} : { cursor }) };
    const page = await array.listChildren(query, signal);
    return { ...page, count: page.items.length };
  };
  for await (const page of followPages(array, read, { cursor: pageCursor, follow, ...(signal ? { signal } : {}) })) {
    for (const [place, row] of page.items.entries()) {
      if (place < skip || typeof row.child !== 'number' || !isFinal(row.status) || !isFinalState(row.status.state))
        continue;
      const index = row.child;
      if (!given.take(index)) continue;
      const cursor = formatCursor('result', `${place + 1}@${begun ?? ''}`);
      const item = await itemOf(index);
      try {
        const outputs = await childOf({ ...row, child: index }).result(signal ? { signal } : {});
        yield { state: 'succeeded', index, item, outputs, cursor, child: index };
      } catch (error) {
        const failure = toFailure(error, row.status, index);
        yield { state: failure.status.state, index, item, error: failure, cursor, child: index };
      }
    }
    skip = 0;
    begun = page.cursor ?? begun;
  }
  // Whoever asks for the summary next gets what these results say.
  if (isFinal(array.status)) return;
  await array.look(signal).catch((error: unknown) => {
    // All children were given: a look that failed takes nothing back.
    signal?.throwIfAborted();
    array.slot.logger.debug({ key: array.ref.key, err: error }, 'The array could not be looked at once more.');
  });
}

/** One task whose output cannot be given must not keep the others' results back. */
function toFailure(error: unknown, { attempt, at }: FinalStatus, index: number): JobFailedError {
  if (JobFailedError.isInstance(error)) return error;
  if (!OutputError.isInstance(error) && !ArtifactError.isInstance(error)) throw error;
  const reason = OutputError.isInstance(error) ? 'output-missing' : 'staging';
  const message = `It succeeded, but what it left cannot be given: ${error.message}`;
  const status = { state: 'failed', attempt, at, reason, message } as const;
  return new JobFailedError(`Task ${index} of the array`, status, [], '', { cause: error });
}

function splitPosition(position: string | undefined): [string | undefined, number] {
  if (position === undefined) return [undefined, 0];
  const at = position.indexOf('@');
  const cursor = position.slice(at + 1);
  return [cursor === '' ? undefined : cursor, Number(position.slice(0, at))];
}
