/** A cursor of one stream is of no use to another: its first letters say which it came from. */
export type CursorKind = 'status' | 'log' | 'artifact' | 'event' | 'result';

export function formatCursor(kind: CursorKind, position: string): string {
  return `${kind}:${position}`;
}

/** The position in a cursor of this kind; `undefined` for no cursor. @throws TypeError for another stream's cursor */
export function parseCursor(kind: CursorKind, cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  if (typeof cursor === 'string' && cursor.startsWith(`${kind}:`)) return cursor.slice(kind.length + 1) || undefined;
  throw new TypeError(
    `This is no cursor of a ${kind} stream: ${JSON.stringify(cursor)}. Use the \`cursor\` that came with a value of the same stream.`,
  );
}
