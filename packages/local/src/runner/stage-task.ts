import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Attempt, ManifestLine } from '@scijob/core/adapter';
import { ITEM_ENVIRONMENT_LIMIT, toArgumentFile, toTaskEnvironment } from '@scijob/core/wrapper';
import type { PartPaths } from '../part-paths.ts';
import type { PartRecord } from '../part-record.ts';
import { toTaskCommand } from '../to-task-command.ts';
import { mergeLine } from './merge-line.ts';
import { stageInputs } from './stage-inputs.ts';
import { WORKER_VARIABLES } from './worker.ts';

export interface TaskToStage {
  readonly record: PartRecord;
  readonly paths: PartPaths;
  readonly index: number;
  readonly attempt: Attempt;
  readonly folder: string;
  readonly nativeId: string;
  /** The item's line of the manifest; absent for a single job. */
  readonly line?: ManifestLine;
  /** Whether the task may write this path itself. */
  readonly isOutput: (path: string) => boolean;
  readonly gpus: readonly number[];
  readonly memoryPeakFile?: string;
}

/** From a cancel or the time limit to the kill. */
const GRACE_SECONDS = 5;

/** Makes a task ready to start and returns the path of its argument file. Repeatable: an earlier try may have left anything. */
export function stageTask(task: TaskToStage): string {
  const { record, folder, line } = task;
  const workDirectory = join(folder, 'work');
  makeFolders(folder, workDirectory);
  const inputs = mergeLine(record.job.inputs, line?.inputs);
  stageInputs(inputs, workDirectory, task.isOutput);
  const { parallel, timeLimitSeconds } = record.job;
  const argumentFile = join(folder, `arguments.${task.nativeId.slice(task.nativeId.lastIndexOf('.') + 1)}`);
  const text = toArgumentFile({
    folder,
    nativeId: task.nativeId,
    attempt: task.attempt,
    workDirectory,
    command: toTaskCommand(record, line, task.paths),
    environment: toEnvironment(task, workDirectory),
    unset: WORKER_VARIABLES,
    graceSeconds: GRACE_SECONDS,
    outputs: Object.values(record.job.outputs),
    ...(timeLimitSeconds !== undefined && { timeLimitSeconds }),
    ...(parallel?.processesPerNode !== undefined &&
      parallel.launcher === undefined && { ranks: parallel.processesPerNode }),
    ...(task.memoryPeakFile !== undefined && { memoryPeakFile: task.memoryPeakFile }),
  });
  writeFileSync(argumentFile, text, { mode: 0o600 });
  return argumentFile;
}

function toEnvironment(task: TaskToStage, workDirectory: string): Readonly<Record<string, string>> {
  const { record, line, gpus } = task;
  const item = line === undefined ? undefined : JSON.stringify(line.item);
  return {
    ...record.baseEnvironment,
    ...mergeLine(record.job.environment, line?.environment),
    ...(gpus.length > 0 && { CUDA_VISIBLE_DEVICES: gpus.join(',') }),
    ...toTaskEnvironment({
      key: record.key.key,
      jobName: record.job.name,
      ...(record.job.array && { index: task.index, count: record.job.array.count }),
      ...(item !== undefined && toItem(item, task.folder)),
      attempt: task.attempt,
      nodeIndex: 0,
      nodeCount: 1,
      mainNode: hostname(),
      workDirectory,
    }),
  };
}

function toItem(item: string, folder: string): { readonly item: string; readonly itemFile?: string } {
  if (Buffer.byteLength(item) <= ITEM_ENVIRONMENT_LIMIT) return { item };
  const itemFile = join(folder, 'item.json');
  writeFileSync(itemFile, item, { mode: 0o600 });
  return { item, itemFile };
}

function makeFolders(folder: string, workDirectory: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') mkdirSync(folder, { recursive: true, mode: 0o700 });
    else if (code !== 'EEXIST') throw error;
  }
  mkdirSync(workDirectory, { recursive: true, mode: 0o700 });
}
