import { readFileSync } from 'node:fs';
import type { ProcessIdentity } from '@scijob/core/wrapper';

/** What a system without `/proc` says of a boot or a start. */
const UNKNOWN = '-';

/** What `/proc/<pid>/stat` says, as far as needed. */
export interface ProcessStat {
  readonly pid: number;
  readonly state: string;
  readonly parentPid: number;
  readonly groupId: number;
  readonly sessionId: number;
  /** Clock ticks since boot. */
  readonly startTime: string;
  /** In main memory, in pages. */
  readonly residentPages: number;
}

export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return UNKNOWN;
  }
}

/** `undefined` when there is no such process. */
export function readProcessStat(pid: number): ProcessStat | undefined {
  try {
    return parseProcessStat(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return undefined;
  }
}

/** The name stands in parentheses and may hold any byte, parentheses too: what counts comes behind the last one. */
export function parseProcessStat(text: string): ProcessStat | undefined {
  const pid = Number.parseInt(text, 10);
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, parentPid, groupId, sessionId] = fields;
  const startTime = fields[19];
  const residentPages = fields[21];
  if (!Number.isInteger(pid) || state === undefined || startTime === undefined || residentPages === undefined) {
    return undefined;
  }
  return {
    pid,
    state,
    parentPid: Number(parentPid),
    groupId: Number(groupId),
    sessionId: Number(sessionId),
    startTime,
    residentPages: Number(residentPages),
  };
}

export function thisProcess(): ProcessIdentity {
  return { bootId: bootId(), pid: process.pid, startTime: readProcessStat(process.pid)?.startTime ?? UNKNOWN };
}

/** Whether this very process still runs; one that has ended but was not yet waited for does not. */
export function isAlive(identity: ProcessIdentity, currentBootId: string = bootId()): boolean {
  if (identity.bootId !== currentBootId || identity.pid <= 0) return false;
  if (identity.startTime === UNKNOWN) return answers(identity.pid);
  const stat = readProcessStat(identity.pid);
  return stat !== undefined && stat.startTime === identity.startTime && stat.state !== 'Z' && stat.state !== 'X';
}

function answers(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
