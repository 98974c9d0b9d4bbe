/** A cursor of a fault's own, with the adapter's inside it: it works in any process that has the same fault. */
export interface WrappedCursor {
  readonly count: number;
  readonly cursor?: string;
}

export function wrapCursor(prefix: string, { count, cursor }: WrappedCursor): string {
  return `${prefix}:${JSON.stringify(cursor === undefined ? { count } : { count, cursor })}`;
}

/** One that the fault did not make is the adapter's own: nothing to count. */
export function unwrapCursor(prefix: string, cursor: string | undefined): WrappedCursor {
  if (cursor?.startsWith(`${prefix}:`)) return JSON.parse(cursor.slice(prefix.length + 1)) as WrappedCursor;
  return cursor === undefined ? { count: 0 } : { count: 0, cursor };
}

/** The same question with another cursor. */
export function withCursor<Q extends { readonly cursor?: string }>(query: Q, cursor: string | undefined): Q {
  const { cursor: _cursor, ...rest } = query;
  return (cursor === undefined ? rest : { ...rest, cursor }) as Q;
}
