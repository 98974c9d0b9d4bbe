/** How far the two logs of one task were read. */
export interface OpenLog {
  /** Number of the task in the order of `LogSource`s. */
  readonly source: number;
  readonly offsets: readonly number[];
}

/** A place in the logs of a job: the sources before `next` are read but for the open ones. */
export interface LogCursor {
  readonly next: number;
  readonly open: readonly OpenLog[];
}

export const LOG_START: LogCursor = { next: 0, open: [] };

/** `3;1:120,0;2:88,17`: short, as each line of a page carries one. */
export function formatLogCursor({ next, open }: LogCursor): string {
  return `${next}${open.map(formatOpenLog).join('')}`;
}

/** What one open log adds to a cursor. */
export function formatOpenLog({ source, offsets }: OpenLog): string {
  return `;${source}:${offsets.join(',')}`;
}

export function parseLogCursor(text: string): LogCursor {
  if (!/^\d+(;\d+:(\d+(,\d+)*)?)*$/.test(text)) {
    throw new TypeError(
      `${JSON.stringify(text)} is no cursor of the local adapter's logs. Pass one that a line or page carried.`,
    );
  }
  const [next = '0', ...open] = text.split(';');
  return {
    next: Number(next),
    open: open.map((one) => {
      const [source = '', offsets = ''] = one.split(':');
      return { source: Number(source), offsets: offsets === '' ? [] : offsets.split(',').map(Number) };
    }),
  };
}
