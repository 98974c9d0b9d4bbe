import type { Task } from '../does.ts';
import type { Bench } from './bench.ts';

type Changes = Omit<Partial<Task>, 'command' | 'does'>;

/** Ends with a code. */
export function exits(bench: Bench, exitCode: number, changes: Changes = {}): Task {
  return { command: bench.shell(`exit ${exitCode}`), does: { exitCode }, ...changes };
}

/** Prints what is given, byte for byte, as argument of `printf '%s'`. */
export function prints(bench: Bench, stdout: string, changes: Changes = {}): Task {
  return { command: bench.shell(`printf '%s' "$1"`, stdout), does: { stdout }, ...changes };
}

/** Runs until somebody ends it, or for longer than any test waits. */
export function sleeps(bench: Bench, changes: Changes = {}): Task {
  return { command: bench.shell('exec sleep 600'), does: { seconds: Number.POSITIVE_INFINITY }, ...changes };
}

/** Runs for a while, then ends well. */
export function lasts(bench: Bench, seconds: number, changes: Changes = {}): Task {
  return { command: bench.shell(`sleep ${seconds}`), does: { seconds }, ...changes };
}

/** Leaves one file with this text. */
export function writes(bench: Bench, path: string, text: string, changes: Changes = {}): Task {
  return {
    command: bench.shell(`mkdir -p -- "$(dirname -- "$1")" && printf '%s' "$2" > "$1"`, path, text),
    does: { files: { [path]: text } },
    outputs: { out: { type: 'file', path, optional: false } },
    ...changes,
  };
}

/** Prints the numbers from 1 to `count`, one a line, each with what stands around it. */
export function counts(bench: Bench, count: number, suffix = '', changes: Changes = {}): Task {
  return {
    command: bench.shell(`i=1; while [ "$i" -le ${count} ]; do printf '%s\\n' "line $i$1"; i=$((i + 1)); done`, suffix),
    does: { stdout: Array.from({ length: count }, (_, index) => `line ${index + 1}${suffix}\n`).join('') },
    ...changes,
  };
}
