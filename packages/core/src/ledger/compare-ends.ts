import { compareAttempts } from '../ids/attempt.ts';
import type { Json } from '../util/json.ts';
import type { EndEntry } from './ledger-record.ts';

/**
 * Which of two ends of a key is to be believed: above zero for `a`, below for `b`, zero when they say the same.
 * The later attempt counts; within one attempt, the better founded: something seen before nothing seen (`lost`), then the
 * `weight` an adapter gave its evidence, then one with an exit code, which only who watched the process can know. Of two as good
 * that contradict each other the worse: what is not certain is never called a success.
 */
export function compareEnds(a: EndEntry, b: EndEntry): number {
  return (
    compareAttempts(a.attempt, b.attempt) ||
    BELIEF[a.status.state] - BELIEF[b.status.state] ||
    statedWeight(a.evidence) - statedWeight(b.evidence) ||
    Number(a.status.exitCode !== undefined) - Number(b.status.exitCode !== undefined) ||
    CAUTION[a.status.state] - CAUTION[b.status.state]
  );
}

const BELIEF = { lost: 0, succeeded: 1, failed: 1, cancelled: 1 } as const;
const CAUTION = { lost: 0, succeeded: 1, cancelled: 2, failed: 3 } as const;

function statedWeight(evidence: Json): number {
  const weight =
    typeof evidence === 'object' && evidence !== null && 'weight' in evidence ? evidence['weight'] : undefined;
  return typeof weight === 'number' && Number.isFinite(weight) ? weight : 0;
}
