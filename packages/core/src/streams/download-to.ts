import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

/**
 * Writes a stream to `to`, or into it when it is a directory. Under another name first; synced and renamed only when the
 * stream has ended without an error, so that the final path holds all of it or nothing.
 */
export async function downloadTo(
  to: string,
  artifactPath: string,
  stream: () => ReadableStream<Uint8Array>,
  signal?: AbortSignal,
): Promise<string> {
  const directory = to.endsWith('/') || (await isDirectory(to));
  const target = resolve(directory ? join(to, basename(artifactPath)) : to);
  await mkdir(dirname(target), { recursive: true });
  const partial = `${target}.${randomBytes(6).toString('hex')}.part`;
  const file = await open(partial, 'wx');
  try {
    try {
      for await (const chunk of stream()) {
        signal?.throwIfAborted();
        await file.writeFile(chunk);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, target);
    return target;
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
