import { InvalidRefError } from '../errors/invalid-ref-error.ts';
import type { ArrayRefString, JobRef, JobRefString } from '../ids/job-ref.ts';

const PATTERN = /^scijob:(job|array):1:([A-Za-z0-9_-]+)$/;

/** `scijob:job:1:…` or `scijob:array:1:…`: version, then the ref as base64url JSON. Holds no secret. */
export function encodeRef(ref: JobRef): JobRefString | ArrayRefString {
  const { version: _version, ...rest } = ref;
  const text = Buffer.from(JSON.stringify(rest)).toString('base64url');
  return isArray(ref) ? `scijob:array:1:${text}` : `scijob:job:1:${text}`;
}

/** @throws InvalidRefError for anything that `encodeRef` did not write */
export function decodeRef(text: unknown): JobRef {
  if (typeof text !== 'string' || !text.startsWith('scijob:')) {
    throw new InvalidRefError(
      `A ref begins with "scijob:job:" or "scijob:array:", got ${shown(text)}. Use handle.toString().`,
    );
  }
  const match = PATTERN.exec(text);
  if (!match) throw new InvalidRefError(`This ref is cut short, damaged, or of another version: ${shown(text)}.`);
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(match[2] ?? '', 'base64url').toString('utf8'));
  } catch (cause) {
    throw new InvalidRefError(`This ref is damaged: ${shown(text)}.`, { cause });
  }
  if (!isRefBody(value) || isArray(value) !== (match[1] === 'array')) {
    throw new InvalidRefError(`This ref is not one of a job: ${shown(text)}.`);
  }
  return { version: 1, ...value };
}

/** A child's ref is its array's with an index: one job. */
function isArray({ count, child }: Pick<JobRef, 'count' | 'child'>): boolean {
  return count !== undefined && child === undefined;
}

function shown(text: unknown): string {
  const json = JSON.stringify(text) ?? String(text);
  return json.length > 60 ? `${json.slice(0, 57)}…` : json;
}

function isRefBody(value: unknown): value is Omit<JobRef, 'version'> {
  const ref = value as Partial<JobRef> | null;
  return (
    typeof ref === 'object' &&
    ref !== null &&
    typeof ref.key === 'string' &&
    typeof ref.jobHash === 'string' &&
    (ref.kind === 'command' || ref.kind === 'workflow') &&
    typeof ref.target?.adapter === 'string' &&
    typeof ref.target.id === 'string' &&
    isTextRecord(ref.target.describe) &&
    isTextRecord(ref.places) &&
    (ref.count === undefined || Number.isSafeInteger(ref.count)) &&
    (ref.child === undefined || (Number.isSafeInteger(ref.child) && ref.child >= 0 && ref.child < (ref.count ?? 0))) &&
    Array.isArray(ref.submissions) &&
    ref.submissions.every(
      (submission) =>
        Number.isSafeInteger(submission?.number) &&
        Array.isArray(submission.parts) &&
        submission.parts.every((part: { readonly nativeId?: unknown } | null) => typeof part?.nativeId === 'string'),
    )
  );
}

function isTextRecord(value: unknown): value is Readonly<Record<string, string>> {
  return (
    typeof value === 'object' && value !== null && Object.values(value).every((member) => typeof member === 'string')
  );
}
