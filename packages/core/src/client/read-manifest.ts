import type { ManifestLine } from '../seam/resolved-job.ts';

/** The lines of a manifest, one per item, without more than a chunk of it in memory. */
export async function* readManifest(
  manifest: ReadableStream<Uint8Array>,
): AsyncGenerator<ManifestLine, void, undefined> {
  let rest = '';
  for await (const text of manifest.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield JSON.parse(line) as ManifestLine;
  }
  if (rest !== '') yield JSON.parse(rest) as ManifestLine;
}
