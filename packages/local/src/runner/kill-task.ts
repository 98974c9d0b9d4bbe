import { readFileSync } from 'node:fs';
import type { StartRecord } from '@scijob/core/wrapper';
import type { ProcessStat } from '../process-identity.ts';
import { readProcesses, selectTree } from './process-tree.ts';

/** Kills everything that is left of a task's command, and says which processes that were. */
export function killTask(
  start: StartRecord,
  folder: string,
  processes: readonly ProcessStat[] = readProcesses(),
): readonly number[] {
  const killed: number[] = [];
  for (const one of selectTask(processes, start, folder)) {
    try {
      process.kill(one.pid, 'SIGKILL');
      killed.push(one.pid);
    } catch {
      // Ended by itself.
    }
  }
  return killed;
}

/**
 * The processes of a task: below its command, or in the command's group. A pid is handed out again, so each must be the
 * command itself, a child of it, or say in its environment that it works in this task's folder.
 */
export function selectTask(
  processes: readonly ProcessStat[],
  start: StartRecord,
  folder: string,
): readonly ProcessStat[] {
  const leader = processes.find((one) => one.pid === start.commandPid);
  if (leader?.startTime === start.commandStartTime) return selectTree(processes, start.commandPid);
  // The command is gone; what it left behind is still in its group or session.
  return processes.filter(
    (one) => (one.groupId === start.commandPid || one.sessionId === start.commandPid) && worksIn(one.pid, folder),
  );
}

function worksIn(pid: number, folder: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`SCIJOB_WORK_DIR=${folder}/work\0`);
  } catch {
    return false;
  }
}
