import { type EndLine, parseEndLines } from './end-line.ts';
import type { LocalClient } from './local-client.ts';

const CHUNK_BYTES = 1 << 20;

export interface EndPiece {
  /** Each with where in the file the next one begins. */
  readonly lines: readonly { readonly line: EndLine; readonly nextOffset: number }[];
  /** Where the next piece begins. */
  readonly offset: number;
}

/** The lines of `ends` from `offset` on, a piece at a time. */
export async function* readEndLines(client: LocalClient, path: string, offset: number): AsyncGenerator<EndPiece> {
  let at = offset;
  for (let sizeBytes = CHUNK_BYTES; ; ) {
    const chunk = await client.readBytes(path, at, sizeBytes);
    if (!chunk || chunk.bytes.length === 0) return;
    const { lines, readBytes } = parseEndLines(chunk.bytes);
    const start = at;
    at += readBytes;
    if (readBytes > 0) {
      yield { lines: lines.map(({ line, endBytes }) => ({ line, nextOffset: start + endBytes })), offset: at };
    } else if (chunk.bytes.length < sizeBytes) return;
    else sizeBytes *= 2;
  }
}
