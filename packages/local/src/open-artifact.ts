import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactInfo, ByteRange, CallContext } from '@scijob/core/adapter';
import { ArtifactChangedError } from './artifact-changed-error.ts';
import { toFileStatus } from './file-status.ts';
import { isInsideTask } from './to-source-path.ts';

const CHUNK_BYTES = 256 * 1_024;

/** One open file, one version: fails before the first byte when the file is another than listed, at the end when it changed meanwhile. */
export async function openLocalArtifact(
  workDirectory: string,
  artifact: ArtifactInfo,
  range: ByteRange | undefined,
  { signal }: CallContext,
): Promise<ReadableStream<Uint8Array>> {
  if (!isInsideTask(artifact.path))
    throw new TypeError(`${JSON.stringify(artifact.path)} is no path inside a task's directory.`);
  signal.throwIfAborted();
  const file = await openListed(join(workDirectory, artifact.path), artifact);
  const end = Math.min(range?.end ?? artifact.sizeBytes, artifact.sizeBytes);
  let at = range?.start ?? 0;
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      try {
        const buffer = new Uint8Array(Math.max(0, Math.min(CHUNK_BYTES, end - at)));
        const { bytesRead } = buffer.length === 0 ? { bytesRead: 0 } : await file.read(buffer, 0, buffer.length, at);
        at += bytesRead;
        if (bytesRead > 0) controller.enqueue(buffer.subarray(0, bytesRead));
        if (at < end && bytesRead > 0) return;
        await requireVersion(file, artifact, 'changed');
        await file.close();
        controller.close();
      } catch (error) {
        await file.close().catch(() => {});
        controller.error(error);
      }
    },
    cancel: () => file.close(),
  });
}

async function openListed(path: string, artifact: ArtifactInfo): Promise<FileHandle> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? new ArtifactChangedError(artifact.path, 'was removed') : error;
  });
  try {
    await requireVersion(file, artifact, 'changed');
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function requireVersion(file: FileHandle, artifact: ArtifactInfo, why: string): Promise<void> {
  const { version } = toFileStatus(await file.stat({ bigint: true }));
  if (version !== artifact.version) throw new ArtifactChangedError(artifact.path, why);
}
