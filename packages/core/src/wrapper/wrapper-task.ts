import type { Attempt } from '../ids/attempt.ts';

/** One output the wrapper looks for when the command has ended. */
export interface WrapperOutput {
  readonly type: 'file' | 'files' | 'json';
  /** Relative to the work directory; for `files` a pattern of `*`, `?`, `[a-z]` and `**`. */
  readonly path: string;
  readonly optional: boolean;
}

/** Everything the wrapper has to know about one task. */
export interface WrapperTask {
  /** Absolute; exists. Holds `claim start end stdout.<attempt> stderr.<attempt>`, `outputs` where some are declared, `stop` where somebody stopped it. */
  readonly folder: string;
  /** Who claims: a second native id finds the claim taken and refuses itself. One line, not `nobody`. */
  readonly nativeId: string;
  readonly attempt: Attempt;
  /** Absolute; exists. */
  readonly workDirectory: string;
  /** argv, at least the program. A script is a file by now: `[interpreter, path]`. */
  readonly command: readonly string[];
  /** Set on top of the wrapper's own environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Taken out of the wrapper's own environment. */
  readonly unset?: readonly string[];
  /** From the start of the command; then TERM to its process group, KILL after the grace. No limit when absent. */
  readonly timeLimitSeconds?: number;
  /** From TERM to KILL, for the time limit and for a TERM sent to the wrapper. */
  readonly graceSeconds: number;
  readonly outputs: readonly WrapperOutput[];
  /** That many copies, each with `SCIJOB_RANK` and `SCIJOB_RANK_COUNT` and logs `stdout.<attempt>.<rank>`; the first failure ends the others. */
  readonly ranks?: number;
  /** A cgroup file holding the peak in bytes, read at the end. */
  readonly memoryPeakFile?: string;
}
