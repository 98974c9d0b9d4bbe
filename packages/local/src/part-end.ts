import type { FailureReason, FinalState } from '@scijob/core/adapter';
import type { EndLine } from './end-line.ts';

/** What `ended` says: how a part's tasks ended, so that whoever waits for the part need not read all of their ends. */
export interface PartEnd {
  readonly counts: { readonly [State in FinalState]?: number };
  /** The first end that was no success. */
  readonly first?: { readonly index: number; readonly reason: FailureReason; readonly message: string };
}

export const NO_ENDS: PartEnd = { counts: {} };

/** The same with one more end. */
export function addEnd(
  { counts, first }: PartEnd,
  { index, state, reason = 'unknown', message = '' }: EndLine,
): PartEnd {
  const failure = first ?? (state === 'succeeded' ? undefined : { index, reason, message });
  return { counts: { ...counts, [state]: (counts[state] ?? 0) + 1 }, ...(failure && { first: failure }) };
}

/** `undefined` for one that a power cut emptied. */
export function parsePartEnd(text: string): PartEnd | undefined {
  try {
    const value: Partial<PartEnd> = JSON.parse(text);
    return typeof value.counts === 'object' && value.counts !== null ? (value as PartEnd) : undefined;
  } catch {
    return undefined;
  }
}

/** How a part has ended as a whole: what its array's status says. */
export function toPartState({ counts: { failed = 0, lost = 0, cancelled = 0 } }: PartEnd): FinalState {
  if (failed > 0) return 'failed';
  if (lost > 0) return 'lost';
  return cancelled > 0 ? 'cancelled' : 'succeeded';
}
