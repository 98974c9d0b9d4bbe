import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { pipeline } from 'node:stream/promises';

export interface InputFingerprint {
  readonly path: string;
  readonly source: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/**
 * Size and SHA-256 of the inputs that are local files, for a job with a key of the caller's: the same key with other input
 * is another job. A directory's hash is over its files' paths and hashes. What is not there is left to the adapter to refuse.
 */
export async function fingerprintInputs(
  inputs: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
): Promise<readonly InputFingerprint[]> {
  const fingerprints: InputFingerprint[] = [];
  for (const path of Object.keys(inputs).sort()) {
    const source = inputs[path] ?? '';
    if (!isAbsolute(source)) continue;
    const found = await fingerprint(source, signal).catch(() => undefined);
    signal?.throwIfAborted();
    if (found) fingerprints.push({ path, source, ...found });
  }
  return fingerprints;
}

/** One fingerprint for all the inputs that the items of an array have of their own. */
export async function fingerprintItems(
  sources: ReadonlySet<string>,
  signal: AbortSignal | undefined,
): Promise<readonly InputFingerprint[]> {
  const each = await fingerprintInputs(Object.fromEntries([...sources].map((source) => [source, source])), signal);
  if (each.length === 0) return [];
  const hash = createHash('sha256');
  let sizeBytes = 0;
  for (const one of each) {
    sizeBytes += one.sizeBytes;
    hash.update(`${JSON.stringify(one.source)} ${one.sha256}\n`);
  }
  return [{ path: 'of the items', source: '', sizeBytes, sha256: hash.digest('hex') }];
}

async function fingerprint(
  source: string,
  signal: AbortSignal | undefined,
): Promise<{ sizeBytes: number; sha256: string }> {
  const hash = createHash('sha256');
  if (!(await stat(source)).isDirectory()) {
    let sizeBytes = 0;
    const count = async function* (chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        sizeBytes += chunk.byteLength;
        yield chunk;
      }
    };
    await pipeline(createReadStream(source), count, hash, signal ? { signal } : {});
    return { sizeBytes, sha256: hash.digest('hex') };
  }
  let sizeBytes = 0;
  for (const name of (await readdir(source)).sort()) {
    // A dangling link or an unreadable file is part of what is there.
    const inside = await fingerprint(join(source, name), signal).catch(() => ({ sizeBytes: 0, sha256: 'unreadable' }));
    signal?.throwIfAborted();
    sizeBytes += inside.sizeBytes;
    hash.update(`${JSON.stringify(name)} ${inside.sha256}\n`);
  }
  return { sizeBytes, sha256: hash.digest('hex') };
}
