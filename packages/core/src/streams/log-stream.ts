import type { LogPage } from '../seam/observation.ts';
import type { LogLine } from '../state/log-line.ts';
import type { Subject } from '../tracker/subject.ts';
import { followPages } from './follow-pages.ts';
import { GeneratedStream, type JobStream, type Streamed, type Streaming } from './job-stream.ts';
import { formatCursor, parseCursor } from './stream-cursor.ts';

export interface LogStream extends JobStream<Streamed<LogLine>> {
  /** All lines to the end, joined by line ends. */
  text(): Promise<string>;
}

export function createLogStream(subject: Subject, options: Streaming): LogStream {
  return new GeneratedLogStream(() => logLines(subject, options));
}

class GeneratedLogStream extends GeneratedStream<Streamed<LogLine>> implements LogStream {
  async text(): Promise<string> {
    let text = '';
    for await (const line of this) text += `${line.text}\n`;
    return text;
  }
}

/** Each line once, in the order the adapter shows them; a known loss is a `system` line. */
export async function* logLines(
  subject: Subject,
  { signal, from, follow = true }: Streaming,
): AsyncGenerator<Streamed<LogLine> & { readonly gap?: true }, void, undefined> {
  const read = async (cursor: string | undefined) => {
    const page = await subject.readLogs(cursor === undefined ? {} : { cursor }, signal);
    return { page, asked: cursor ?? '', cursor: page.cursor, end: page.end, count: page.lines.length };
  };
  const pages = followPages(subject, read, { cursor: parseCursor('log', from), follow, ...(signal ? { signal } : {}) });
  for await (const { page, asked } of pages) yield* linesOf(page, asked, subject);
}

function* linesOf(
  page: LogPage,
  asked: string,
  { status, child }: Subject,
): Generator<Streamed<LogLine> & { readonly gap?: true }> {
  const ofChild = child === undefined ? {} : { child };
  if (page.gap !== undefined) {
    // Resumed after it, the page is read again: better a gap told twice than a line lost.
    const cursor = formatCursor('log', asked);
    yield { text: page.gap, stream: 'system', attempt: status.attempt, gap: true, ...ofChild, cursor };
  }
  for (const line of page.lines) yield { ...ofChild, ...line, cursor: formatCursor('log', line.cursor) };
}
