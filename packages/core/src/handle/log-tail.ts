import type { Subject } from '../tracker/subject.ts';
import { printable } from '../util/printable.ts';

/** The last lines a job printed: of stderr where it wrote any. Nothing rather than an error when they cannot be had. */
export async function logTail(
  { slot, ref, child }: Subject,
  lines: number,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  try {
    const query = child === undefined ? { tailLines: lines } : { tailLines: lines, child };
    const page = await slot.call((context) => slot.adapter.readLogs(ref, query, context), signal ? { signal } : {});
    const errors = page.lines.filter(({ stream }) => stream === 'stderr');
    return (errors.length > 0 ? errors : page.lines).slice(-lines).map(({ text }) => printable(text));
  } catch (error) {
    signal?.throwIfAborted();
    slot.logger.debug({ adapter: slot.name, err: error }, 'The last log lines could not be read.');
    return [];
  }
}
