/** The file `running` of an array: what the runner does now. A hint for counts and lists, never evidence of an end. */
export interface RunningNote {
  /** Tasks that were started and have not ended, by index. */
  readonly running: readonly number[];
  /** So many of the part's tasks, in order, have been started or have ended. */
  readonly next: number;
  /** So many wait for more than their turn: for another job, or until they are tried again. */
  readonly held?: number;
  /** The first of those before `next` that wait: to be tried again, or out of their order. */
  readonly again?: readonly number[];
  /** How often the task was tried again that was tried most often; absent for never. */
  readonly restart?: number;
}

export function parseRunningNote(text: string): RunningNote | undefined {
  try {
    const value: Partial<RunningNote> = JSON.parse(text);
    if (!Array.isArray(value.running) || typeof value.next !== 'number') return undefined;
    const { running, next, held, again, restart } = value;
    return {
      running,
      next,
      ...(held !== undefined && { held }),
      ...(again !== undefined && { again }),
      ...(restart !== undefined && { restart }),
    };
  } catch {
    return undefined;
  }
}
