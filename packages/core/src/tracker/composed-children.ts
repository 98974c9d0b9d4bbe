import { eachTask, hasTask } from '../ids/task-ranges.ts';
import type { ChildObservation, ChildQuery, Page } from '../seam/observation.ts';
import type { FailureReason } from '../state/failure-reason.ts';
import type { JobState } from '../state/job-state.ts';
import { type PageSource, readComposed, type SourcePage } from './composed-pages.ts';
import type { ComposedPart } from './composed-part.ts';
import { type Composition, tasksRunAgain } from './composed-status.ts';

interface ChildPage extends SourcePage {
  readonly items: readonly ChildObservation[];
}

export interface ComposedChildren {
  readonly composition: Composition;
  /** Failures that may still be tried again: such a child has not ended yet. */
  readonly retried: ReadonlySet<FailureReason>;
  /** Nothing will be submitted any more. */
  readonly isDecided: boolean;
  /** The job has ended. */
  readonly isComplete: boolean;
}

/**
 * The children of all parts as one list: each where it is now. What may be tried again is read last, once that is decided;
 * what was tried again is left out of the part it failed in.
 */
export async function listComposedChildren(
  of: ComposedChildren,
  { states, cursor }: ChildQuery,
): Promise<Page<ChildObservation>> {
  const read = await readComposed(sourcesOf(of, states), cursor, of.isComplete);
  return { items: read.page?.items ?? [], cursor: read.cursor, end: read.end };
}

/** In the place of a row that is not to be seen: no item has such a name. */
const HOLE = '';

/** Whether a child that failed may be tried again. */
export function mayBeRetried({ status }: ChildObservation, retried: ReadonlySet<FailureReason>): boolean {
  return status.state === 'failed' && retried.has(status.reason);
}

/** In the order the parts came to be, so that a cursor stays true when there are more. */
function sourcesOf(of: ComposedChildren, states: readonly JobState[] | undefined): readonly PageSource<ChildPage>[] {
  const { composition, retried, isDecided } = of;
  const hasWithheld = retried.size > 0 && (!states || states.includes('failed'));
  return composition.parts.flatMap((part) => {
    const id = `${part.submission}.${part.part}`;
    const settled = source(part, of, id, true, states, (row) => !mayBeRetried(row, retried));
    if (!hasWithheld) return [settled];
    return [settled, source(part, of, `${id}r`, isDecided, ['failed'], (row) => mayBeRetried(row, retried))];
  });
}

function source(
  part: ComposedPart,
  { composition }: ComposedChildren,
  id: string,
  isReady: boolean,
  states: readonly JobState[] | undefined,
  isWanted: (row: ChildObservation) => boolean,
): PageSource<ChildPage> {
  const again = tasksRunAgain(composition, part.submission);
  const isCurrent = ({ child }: ChildObservation) => typeof child !== 'number' || !hasTask(again, child);
  return {
    id,
    isReady: isReady && part.fate !== 'pending' && part.fate !== 'unknown',
    async read(cursor) {
      const page = part.subject
        ? await part.subject.listChildren({
            ...(states ? { states } : {}),
            ...(cursor === undefined ? {} : { cursor }),
          })
        : { items: refusedRows(part, states), end: true };
      // A row that is left out stays as a hole: whoever resumes within a page counts rows, and what is left out changes.
      const items = page.items.map((row) => (isCurrent(row) && isWanted(row) ? row : { ...row, child: HOLE }));
      return { ...page, items, count: items.length };
    },
  };
}

/** The tasks of a part that the backend did not take ended as the part did. */
function refusedRows(
  { refusal, tasks = [] }: ComposedPart,
  states: readonly JobState[] | undefined,
): readonly ChildObservation[] {
  if (!refusal || (states && !states.includes(refusal.state))) return [];
  return [...eachTask(tasks)].map((child) => ({ child, status: refusal }));
}
