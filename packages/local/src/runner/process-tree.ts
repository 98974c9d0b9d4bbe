import { readdirSync, readFileSync } from 'node:fs';
import { type ProcessStat, readProcessStat } from '../process-identity.ts';

/** Every process of this machine, in one look. */
export function readProcesses(): readonly ProcessStat[] {
  const processes: ProcessStat[] = [];
  for (const name of listProcesses()) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const stat = readProcessStat(pid);
    if (stat) processes.push(stat);
  }
  return processes;
}

/** None where there is no `/proc`. */
function listProcesses(): readonly string[] {
  try {
    return readdirSync('/proc');
  } catch {
    return [];
  }
}

/**
 * What belongs to a task: its leader, all below it, and whatever is in its process group or session, where a process
 * whose parent ended still is.
 */
export function selectTree(processes: readonly ProcessStat[], leader: number): readonly ProcessStat[] {
  const members = new Set<number>([leader]);
  for (const one of processes) if (one.sessionId === leader || one.groupId === leader) members.add(one.pid);
  for (let grown = true; grown; ) {
    grown = false;
    for (const one of processes) {
      if (members.has(one.pid) || !members.has(one.parentPid)) continue;
      members.add(one.pid);
      grown = true;
    }
  }
  return processes.filter((one) => members.has(one.pid));
}

let knownPageBytes: number | undefined;

/** 4 KiB on x86-64; up to 64 KiB on arm64. */
function pageBytes(): number {
  knownPageBytes ??= readPageBytes();
  return knownPageBytes;
}

function readPageBytes(): number {
  const found = /^KernelPageSize:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/smaps', 'latin1'));
  return found ? Number(found[1]) * 1_024 : 4_096;
}

/** Memory of some processes together; pages they share count once for each. */
export function residentBytes(processes: readonly ProcessStat[]): number {
  return processes.reduce((sum, one) => sum + one.residentPages, 0) * pageBytes();
}

/** The same with shared pages counted once: slower, so only asked when the quick sum is too much. */
export function proportionalBytes(processes: readonly ProcessStat[]): number {
  let bytes = 0;
  for (const one of processes) {
    try {
      const found = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${one.pid}/smaps_rollup`, 'latin1'));
      bytes += found ? Number(found[1]) * 1_024 : one.residentPages * pageBytes();
    } catch {
      // Gone meanwhile, or not ours to read.
    }
  }
  return bytes;
}
