/**
 * `submission.restart`, as in `SCIJOB_ATTEMPT`: `'1.0'` is the first, `'1.1'` the backend ran it again,
 * `'2.0'` we submitted it again.
 */
export type Attempt = `${number}.${number}`;

/** Negative when `a` came before `b`, zero when they are the same. */
export function compareAttempts(a: Attempt, b: Attempt): number {
  if (a === b) return 0;
  const [submissionA = 0, restartA = 0] = a.split('.').map(Number);
  const [submissionB = 0, restartB = 0] = b.split('.').map(Number);
  return submissionA - submissionB || restartA - restartB;
}
