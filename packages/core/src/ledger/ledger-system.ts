import { currentSession } from './current-session.ts';
import { type ProcessState, readProcess } from './process-state.ts';
import type { SessionIdentity } from './session-identity.ts';

/** Whose processes a ledger's sessions are. Narrow, so that a machine whose processes die and whose power is cut can stand in. */
export interface LedgerSystem {
  /** A new session of this process. */
  currentSession(at: Date): Promise<SessionIdentity>;
  /** Whether a process of this machine lives. */
  readProcess(pid: number): Promise<ProcessState>;
}

/** The machine this process runs on. */
export const machineSystem: LedgerSystem = { currentSession, readProcess };
