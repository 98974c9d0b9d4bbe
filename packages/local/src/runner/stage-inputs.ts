import {
  constants,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  type Stats,
  statSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { toPlainPath } from '../declared-outputs.ts';
import { isInsideTask, toSourcePath } from '../to-source-path.ts';

/** Why a task cannot start: its inputs are not there, or cannot be put in place. */
export class StagingError extends Error {
  readonly reason: 'input-missing' | 'staging';

  constructor(reason: 'input-missing' | 'staging', message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

/**
 * Puts the inputs into the task's directory. Files are linked. A directory is made anew and its files are linked one by
 * one, so that what the task creates or deletes there is not created or deleted in the user's. What the task itself is
 * to write (`isOutput`) is copied: writing through a link would change the user's file.
 */
export function stageInputs(
  inputs: Readonly<Record<string, string>>,
  workDirectory: string,
  isOutput: (path: string) => boolean,
): void {
  // The task's directory itself first, then from the outside in: what is named more exactly wins.
  const paths = Object.keys(inputs).sort((a, b) => toDepth(a) - toDepth(b));
  for (const path of paths) {
    const source = inputs[path];
    const from = source === undefined ? undefined : toSourcePath(source);
    if (from === undefined || !isInsideTask(path)) {
      throw new StagingError(
        'staging',
        `The input ${JSON.stringify(path)} from ${JSON.stringify(source)} is no file of this machine inside the task's directory.`,
      );
    }
    let stats: Stats;
    try {
      stats = statSync(from);
    } catch (cause) {
      throw new StagingError('input-missing', `The input ${JSON.stringify(path)} is not there: ${from}`, { cause });
    }
    try {
      const to = join(workDirectory, path);
      if (stats.isDirectory()) linkFolder(from, to, path, isOutput, []);
      else linkFile(from, to, isOutput(toPlainPath(path)));
    } catch (cause) {
      if (cause instanceof StagingError) throw cause;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new StagingError('staging', `The input ${JSON.stringify(path)} cannot be put in place: ${why}`, { cause });
    }
  }
}

function linkFolder(
  from: string,
  to: string,
  path: string,
  isOutput: (path: string) => boolean,
  above: readonly string[],
) {
  const real = realpathSync(from);
  if (above.includes(real)) {
    throw new StagingError(
      'staging',
      `The input directory ${from} contains itself, by a symbolic link. Take the link out.`,
    );
  }
  makeFolder(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    const inside = join(path, entry.name);
    if (entry.isDirectory()) linkFolder(source, target, inside, isOutput, [...above, real]);
    else if (!entry.isSymbolicLink()) linkFile(source, target, isOutput(inside));
    else linkLink(source, target, inside, isOutput, [...above, real]);
  }
}

/** A link inside an input directory stands for what it points at; a dangling one is taken as it is. */
function linkLink(
  from: string,
  to: string,
  path: string,
  isOutput: (path: string) => boolean,
  above: readonly string[],
) {
  let stats: Stats;
  try {
    stats = statSync(from);
  } catch {
    rmSync(to, { force: true });
    symlinkSync(readlinkSync(from), to);
    return;
  }
  if (stats.isDirectory()) linkFolder(from, to, path, isOutput, above);
  else linkFile(from, to, isOutput(path));
}

function linkFile(from: string, to: string, copy: boolean): void {
  mkdirSync(dirname(to), { recursive: true });
  rmSync(to, { force: true });
  if (copy) copyFileSync(from, to, constants.COPYFILE_FICLONE);
  else symlinkSync(from, to);
}

function makeFolder(path: string): void {
  // An earlier, wider input may have put a link to a file here.
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) rmSync(path);
  mkdirSync(path, { recursive: true });
}

function toDepth(path: string): number {
  const plain = toPlainPath(path);
  return plain === '' ? 0 : plain.split('/').length;
}
