import { type EndLine, parseEndLine } from './end-line.ts';

/** One line of a task's file `retries`: how an attempt ended that is followed by another, and when. */
export interface RetryLine {
  readonly end: EndLine;
  /** Milliseconds since 1970. */
  readonly dueAt: number;
}

/** In the order of the attempts; a line that a crash cut short says nothing. */
export function parseRetryLines(text: string): readonly RetryLine[] {
  const lines: RetryLine[] = [];
  for (const line of text.split('\n')) {
    const parsed = parseRetryLine(line);
    if (parsed) lines.push(parsed);
  }
  return lines;
}

function parseRetryLine(text: string): RetryLine | undefined {
  try {
    const { end, dueAt }: { end?: unknown; dueAt?: unknown } = JSON.parse(text);
    const whole = parseEndLine(JSON.stringify(end));
    return whole && typeof dueAt === 'number' ? { end: whole, dueAt } : undefined;
  } catch {
    return undefined;
  }
}
