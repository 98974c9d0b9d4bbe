import type { Subject } from '../tracker/subject.ts';
import { printable } from '../util/printable.ts';

/** The last lines a job printed: of stderr where it wrote any. Nothing rather than an error when they cannot be had. */
export async function logTail(subject: Subject, lines: number, signal?: AbortSignal): Promise<readonly string[]> {
  try {
    const page = await subject.readLogs({ tailLines: lines }, signal);
    const errors = page.lines.filter(({ stream }) => stream === 'stderr');
    return (errors.length > 0 ? errors : page.lines).slice(-lines).map(({ text }) => printable(text));
  } catch (error) {
    signal?.throwIfAborted();
    const { slot } = subject;
    slot.logger.debug({ adapter: slot.name, err: error }, 'The last log lines could not be read.');
    return [];
  }
}
