import type { JobRef } from '../ids/job-ref.ts';

/** Tells one job of a backend from every other there: two ledgers may use the same key on it. */
export function trackingKey({ key, submissions }: JobRef): string {
  return submissions[0]?.parts[0]?.nativeId ?? key;
}
