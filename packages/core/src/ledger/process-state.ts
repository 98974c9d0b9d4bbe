import { readFile } from 'node:fs/promises';

export type ProcessState =
  | { readonly type: 'found'; readonly startTime: string }
  | { readonly type: 'gone' }
  /** The system does not say. */
  | { readonly type: 'unknown' };

/** Whether a process of this machine lives, and since when: field 22 of `/proc/<pid>/stat`, in clock ticks since the boot (proc(5)). */
export async function readProcess(pid: number): Promise<ProcessState> {
  if (process.platform !== 'linux') return { type: 'unknown' };
  let text: string;
  try {
    text = await readFile(`/proc/${pid}/stat`, 'latin1');
  } catch {
    // With `hidepid`, processes of others are not in /proc; a signal still tells them from none.
    return isGone(pid) ? { type: 'gone' } : { type: 'unknown' };
  }
  // The second field is the program's name in brackets and may hold anything, brackets too.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, startTime] = [fields[0], fields[19]];
  if (state === undefined || startTime === undefined) return { type: 'unknown' };
  // A zombie only waits to be collected: it does nothing any more.
  return state === 'Z' || state === 'X' ? { type: 'gone' } : { type: 'found', startTime };
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}
