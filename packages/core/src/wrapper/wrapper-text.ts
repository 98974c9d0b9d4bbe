import { CLAIM } from './text/claim.ts';
import { MAIN } from './text/main.ts';
import { OUTPUTS } from './text/outputs.ts';
import { PRELUDE } from './text/prelude.ts';
import { RANKS } from './text/ranks.ts';
import { RUN } from './text/run.ts';
import { SIGNALS } from './text/signals.ts';
import { TASK } from './text/task.ts';

/** The wrapper's exit code when another native job holds the claim: it ran nothing. */
export const REFUSED_EXIT_CODE = 113;

/**
 * The one POSIX `sh` program that runs every task on every backend.
 *
 * `sh <wrapper> <argument-file>` runs one task and exits with the command's code; 113 when the claim is another's, 112 when
 * the argument file or the folder cannot be used, 114 when the command exited with 0 but the task failed.
 * `sh <wrapper> --many` reads argument files from stdin, one a line, and prints each line when that task is over.
 * TERM is a cancel; with `--many` of the task whose folder holds `stop`, and without one of everything left.
 */
export const WRAPPER_TEXT: string = [PRELUDE, CLAIM, SIGNALS, RUN, OUTPUTS, RANKS, TASK, MAIN].join('\n');
