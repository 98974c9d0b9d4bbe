/** The file `running` of an array: what the runner does now. A hint for counts and lists, never evidence of an end. */
export interface RunningNote {
  /** Tasks that were started and have not ended, by index. */
  readonly running: readonly number[];
  /** So many of the part's tasks, in order, have been started or have ended. */
  readonly next: number;
}

export function parseRunningNote(text: string): RunningNote | undefined {
  try {
    const value: Partial<RunningNote> = JSON.parse(text);
    if (!Array.isArray(value.running) || typeof value.next !== 'number') return undefined;
    return { running: value.running, next: value.next };
  } catch {
    return undefined;
  }
}
