import type { ManifestLine } from '@scijob/core/adapter';

/** A record of the job with an item's own laid over it; what is `null` there is taken away. */
export function mergeLine(
  job: Readonly<Record<string, string>>,
  item: ManifestLine['environment'],
): Readonly<Record<string, string>> {
  if (!item) return job;
  const merged: Record<string, string> = {};
  for (const [name, value] of Object.entries({ ...job, ...item })) if (value !== null) merged[name] = value;
  return merged;
}
