import type { Waiting } from '../util/waiting.ts';

/** One file a job left behind. */
export interface Artifact {
  /** Path in the task's directory, with `/` between folders. */
  readonly path: string;
  /** Where it lies now: `file:///…`, `s3://…`. */
  readonly uri: string;
  readonly sizeBytes: number;
  readonly modifiedAt?: Date;
  /** Lower-case hexadecimal, as taken where the job ran. */
  readonly sha256?: string;
  /** The whole content as UTF-8 text; throws `ArtifactError` when length or checksum do not match. */
  text(options?: Waiting): Promise<string>;
  /** The content as bytes; the stream errors at its end when length or checksum do not match. */
  stream(options?: Waiting): ReadableStream<Uint8Array>;
  /** Writes the content to a file or into a directory, and returns the path written. The file appears there whole and verified, or not at all. */
  download(to: string, options?: Waiting): Promise<string>;
}
