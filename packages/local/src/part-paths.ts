import { join } from 'node:path';

/** Folders with more entries than this are slow to list and awkward to look at. */
const TASKS_PER_FOLDER = 1_000;

/** Where everything of one directory and machine lies. Pure: the one place that knows a name. */
export interface LocalPaths {
  readonly root: string;
  /** Holds the directory's random id. */
  readonly id: string;
  readonly jobs: string;
  readonly staging: string;
  /** One marker per part of this machine that has not ended. */
  readonly inbox: string;
  readonly runners: string;
  readonly runnerLog: string;
}

export function toLocalPaths(root: string, machine: string): LocalPaths {
  const own = join(root, 'machines', machine);
  return {
    root,
    id: join(root, 'id'),
    jobs: join(root, 'jobs'),
    staging: join(root, 'staging'),
    inbox: join(own, 'inbox'),
    runners: join(own, 'runner'),
    runnerLog: join(own, 'runner.log'),
  };
}

/** Where everything of one part lies. */
export interface PartPaths {
  readonly folder: string;
  readonly record: string;
  readonly manifest: string;
  readonly script: string;
  /** The only file that ever holds a secret's value; removed when the part has ended. */
  readonly secrets: string;
  readonly cancels: string;
  /** JSON lines, one per ended task, in the order they ended. */
  readonly ends: string;
  /** Which tasks run now, as the runner last said. */
  readonly running: string;
  /** There once every task has ended: how many in which way. */
  readonly ended: string;
  /** There once the jobs it waits for as a whole have ended as they should. */
  readonly released: string;
  /** Stands instead of all of this where a submit was fenced. */
  readonly fence: string;
}

export function toPartPaths(folder: string): PartPaths {
  return {
    folder,
    record: join(folder, 'part.json'),
    manifest: join(folder, 'manifest'),
    script: join(folder, 'script'),
    secrets: join(folder, 'secrets'),
    cancels: join(folder, 'cancel'),
    ends: join(folder, 'ends'),
    running: join(folder, 'running'),
    ended: join(folder, 'ended'),
    released: join(folder, 'released'),
    fence: join(folder, 'fenced'),
  };
}

/** The folder of one task: its records, its logs and its working directory. `count` is that of the whole array. */
export function toTaskFolder(partFolder: string, index: number, count: number): string {
  if (!isGrouped(count)) return join(partFolder, 'tasks', String(index));
  return join(partFolder, 'tasks', String(Math.floor(index / TASKS_PER_FOLDER)), String(index));
}

/** Whether the folders of tasks lie in folders of a thousand each. */
export function isGrouped(count: number): boolean {
  return count > TASKS_PER_FOLDER;
}
