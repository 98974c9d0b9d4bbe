import { createHash } from 'node:crypto';
import { ArtifactError } from '../errors/artifact-error.ts';
import type { Artifact } from '../job/artifact.ts';
import type { ArtifactInfo } from '../seam/observation.ts';
import { isAnswer, retryRead } from '../tracker/retry-read.ts';
import type { Subject } from '../tracker/subject.ts';
import type { Waiting } from '../util/waiting.ts';
import { downloadTo } from './download-to.ts';

/** An artifact whose bytes are read through the adapter and checked against the length and checksum it was listed with. */
export function openedArtifact(subject: Subject, info: ArtifactInfo): Artifact {
  const { clock } = subject.slot;
  const stream = ({ signal }: Waiting = {}) => verifiedStream(subject, info, signal);
  return {
    path: info.path,
    uri: info.uri,
    sizeBytes: info.sizeBytes,
    ...(info.modifiedAt === undefined ? {} : { modifiedAt: info.modifiedAt }),
    ...(info.sha256 === undefined ? {} : { sha256: info.sha256 }),
    stream,
    text: (options: Waiting = {}) =>
      retryRead(() => new Response(stream(options)).text(), { clock, isFault, ...options }),
    download: (to, options: Waiting = {}) =>
      retryRead(() => downloadTo(to, info.path, () => stream(options), options.signal), { clock, isFault, ...options }),
  };
}

/** Bytes that are not what was listed may come whole with another try. */
function isFault(error: unknown): boolean {
  return ArtifactError.isInstance(error) || !isAnswer(error);
}

function verifiedStream(
  subject: Subject,
  info: ArtifactInfo,
  signal: AbortSignal | undefined,
): ReadableStream<Uint8Array> {
  const { slot } = subject;
  const hash = createHash('sha256');
  let sizeBytes = 0;
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  const options = signal ? { signal } : {};
  const open = async () => (await subject.openArtifact(info, signal)).getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        reader ??= await open();
        const reading = reader;
        // Each read has the deadline of a call: a peer that fell silent ends the stream with an error.
        const { value, done } = await slot
          .call(() => reading.read(), options)
          .catch((error: unknown) => {
            reading.cancel(error).catch(() => {});
            throw error;
          });
        if (!done) {
          sizeBytes += value.byteLength;
          hash.update(value);
          controller.enqueue(value);
          return;
        }
        const fault =
          sizeBytes === info.sizeBytes
            ? faultOf(info, hash.digest('hex'))
            : `it has ${sizeBytes} bytes, not ${info.sizeBytes}`;
        if (fault)
          throw new ArtifactError(`The artifact ${JSON.stringify(info.path)} is not what the job left: ${fault}.`);
        controller.close();
      },
      async cancel(reason) {
        await reader?.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

function faultOf(info: ArtifactInfo, actual: string): string | undefined {
  if (info.sha256 === undefined || info.sha256 === actual) return undefined;
  return `its SHA-256 is ${actual}, not ${info.sha256}`;
}
