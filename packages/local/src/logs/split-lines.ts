/** A longer line is delivered in pieces, so that one without an end needs no more memory than this. */
export const MAX_LINE_BYTES = 64 * 1_024;
const CONTINUES = ' [line continues]';

export interface SplitLine {
  readonly text: string;
  /** How many bytes from the beginning of the piece of file this line ends, its line end included. */
  readonly endBytes: number;
}

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/**
 * The lines of a piece of a log that begins at the start of a line. A last line without its end waits for the rest of
 * it, unless nothing more will come (`isWhole`). Lines end with `\n` or `\r\n`; a lone `\r` belongs to the text.
 */
export function splitLines(bytes: Uint8Array, isWhole: boolean): readonly SplitLine[] {
  const lines: SplitLine[] = [];
  let start = 0;
  while (start < bytes.length) {
    const end = bytes.indexOf(LINE_FEED, start);
    const stop = end < 0 ? bytes.length : end;
    if (stop - start > MAX_LINE_BYTES) {
      const cut = cutBefore(bytes, start + MAX_LINE_BYTES);
      lines.push({ text: decode(bytes.subarray(start, cut)) + CONTINUES, endBytes: cut });
      start = cut;
      continue;
    }
    if (end < 0 && !isWhole) break;
    const text =
      bytes[stop - 1] === CARRIAGE_RETURN && stop > start
        ? bytes.subarray(start, stop - 1)
        : bytes.subarray(start, stop);
    start = end < 0 ? stop : end + 1;
    lines.push({ text: decode(text), endBytes: start });
  }
  return lines;
}

/** Where to cut near `at` without cutting a character in two. */
function cutBefore(bytes: Uint8Array, at: number): number {
  for (let cut = at; cut > at - 4; cut -= 1) {
    // 10xxxxxx continues a character.
    if (((bytes[cut] ?? 0) & 0b1100_0000) !== 0b1000_0000) return cut;
  }
  return at;
}

/** What is no UTF-8 becomes U+FFFD; a byte order mark stays, as any other character. */
function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}
