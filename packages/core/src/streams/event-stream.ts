import type { Artifact } from '../job/artifact.ts';
import { isFinal, type JobStatus } from '../state/job-status.ts';
import type { LogLine } from '../state/log-line.ts';
import type { Subject } from '../tracker/subject.ts';
import { artifacts } from './artifact-stream.ts';
import type { Streamed, Streaming } from './job-stream.ts';
import { logLines } from './log-stream.ts';
import { mergeGenerators } from './merge-generators.ts';
import { statusChanges } from './status-stream.ts';
import { formatCursor, parseCursor } from './stream-cursor.ts';

export type JobEvent = Streamed<
  | { readonly type: 'status'; readonly status: JobStatus }
  | { readonly type: 'log'; readonly line: LogLine }
  | { readonly type: 'artifact'; readonly artifact: Artifact }
  | { readonly type: 'gap'; readonly message: string }
>;

interface Positions {
  status?: string;
  log?: string;
  artifact?: string;
}

/** Status changes, log lines and artifacts of one job as they come. The final status is the last event: by then logs and artifacts are drained. */
export async function* jobEvents(subject: Subject, options: Streaming): AsyncGenerator<JobEvent, void, undefined> {
  const positions = parsePositions(options.from);
  // Whoever leaves the loop ends the three streams behind it at once, wherever they wait.
  const ending = new AbortController();
  const stop = () => ending.abort(options.signal?.reason);
  options.signal?.throwIfAborted();
  options.signal?.addEventListener('abort', stop, { once: true });
  const streaming = (from: string | undefined): Streaming => ({
    signal: ending.signal,
    ...(options.follow === undefined ? {} : { follow: options.follow }),
    ...(from === undefined ? {} : { from }),
  });
  const merged = mergeGenerators<Source>([
    tagged('status', statusChanges(subject, streaming(positions.status))),
    tagged('log', logLines(subject, streaming(positions.log))),
    tagged('artifact', artifacts(subject, streaming(positions.artifact))),
  ]);
  let last: Streamed<JobStatus> | undefined;
  const event = (from: Source): JobEvent => {
    positions[from.type] = from.value.cursor;
    const cursor = formatCursor('event', Buffer.from(JSON.stringify(positions)).toString('base64url'));
    const { child } = from.value;
    return { ...toEvent(from), cursor, ...(child === undefined ? {} : { child }) };
  };
  try {
    for await (const from of merged) {
      if (from.type === 'status' && isFinal(from.value)) last = from.value;
      else yield event(from);
    }
    if (last) yield event({ type: 'status', value: last });
  } finally {
    options.signal?.removeEventListener('abort', stop);
    ending.abort();
  }
}

type Source =
  | { readonly type: 'status'; readonly value: Streamed<JobStatus> }
  | { readonly type: 'log'; readonly value: Streamed<LogLine> & { readonly gap?: true } }
  | { readonly type: 'artifact'; readonly value: Streamed<Artifact> };

async function* tagged<Type extends Source['type']>(
  type: Type,
  values: AsyncGenerator<Extract<Source, { type: Type }>['value'], void, undefined>,
): AsyncGenerator<Source, void, undefined> {
  for await (const value of values) yield { type, value } as Source;
}

function toEvent(from: Source) {
  switch (from.type) {
    case 'status': {
      const { cursor: _cursor, child: _child, ...status } = from.value;
      return { type: 'status' as const, status: status as JobStatus };
    }
    case 'log': {
      const { cursor: _cursor, child: _child, gap, ...line } = from.value;
      return gap ? { type: 'gap' as const, message: line.text } : { type: 'log' as const, line };
    }
    case 'artifact':
      return { type: 'artifact' as const, artifact: from.value };
  }
}

function parsePositions(from: string | undefined): Positions {
  const position = parseCursor('event', from);
  if (position === undefined) return {};
  try {
    const value: unknown = JSON.parse(Buffer.from(position, 'base64url').toString('utf8'));
    if (typeof value === 'object' && value !== null) return value;
  } catch {
    // Falls through to the one error for every damaged cursor.
  }
  throw new TypeError(`This cursor of an event stream is damaged: ${JSON.stringify(from)}.`);
}
