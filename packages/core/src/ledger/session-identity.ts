/** One use of a ledger by one process: from `openLedger` to `close`. Says enough to find out later whether it still lives. */
export interface SessionIdentity {
  /** Random and sorted by the time it was made. */
  readonly id: string;
  readonly host: string;
  /** Which boot of which machine; empty where the system does not say. */
  readonly bootId: string;
  readonly pid: number;
  /** When the process was started, in the system's own measure; empty where it does not say. */
  readonly startTime: string;
  /** Process ids mean nothing outside their namespace: two containers of one boot may both have a process 12. */
  readonly pidNamespace?: string;
}

export type Session = SessionIdentity;
