import type { JobRef } from '@scijob/core/adapter';

/** A ref as text, as `handle.toString()` gives it. */
export function encodedRef({ version: _version, ...ref }: JobRef): `scijob:${'job' | 'array'}:${string}` {
  const shape = ref.count === undefined || ref.child !== undefined ? 'job' : 'array';
  return `scijob:${shape}:1:${Buffer.from(JSON.stringify(ref)).toString('base64url')}`;
}
