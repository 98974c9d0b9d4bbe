/** A file in a part's `cancel` folder: somebody wants it, or some of its tasks, ended. */
export interface CancelRequest {
  readonly reason: string;
  readonly at: string;
  /** Indices; absent for all. */
  readonly tasks?: readonly number[];
}

/** `undefined` while it is being written. */
export function parseCancelRequest(text: string): CancelRequest | undefined {
  try {
    const value: Partial<CancelRequest> = JSON.parse(text);
    if (typeof value.reason !== 'string' || typeof value.at !== 'string') return undefined;
    return { reason: value.reason, at: value.at, ...(Array.isArray(value.tasks) && { tasks: value.tasks }) };
  } catch {
    return undefined;
  }
}
