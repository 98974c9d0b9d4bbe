import type { OutputPlace } from '../ids/output-place.ts';

/**
 * Whether a path belongs to a declared output: `files` by its pattern (`*` and `?` within one folder, `**` over folders,
 * `[a-z]`; as in a shell, a name that begins with a dot only where the pattern has that dot), `file` and `json` by the very path.
 */
export async function outputMatcher({
  type,
  path,
}: Pick<OutputPlace, 'type' | 'path'>): Promise<(path: string) => boolean> {
  const wanted = normalised(path);
  if (type !== 'files') return (candidate) => normalised(candidate) === wanted;
  const { default: picomatch } = await import('picomatch');
  const matches = picomatch(wanted, { nobrace: true, noextglob: true, nonegate: true });
  return (candidate) => matches(normalised(candidate));
}

function normalised(path: string): string {
  return path.replace(/^(\.\/+)+/, '').replace(/\/{2,}/g, '/');
}
