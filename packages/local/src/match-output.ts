import { outputMatcher, type ResolvedOutput } from '@scijob/core/adapter';
import { toPatternFolder, toPlainPath } from './declared-outputs.ts';
import type { LocalClient } from './local-client.ts';

/** The files a declared output stands for, as paths in the task's directory, sorted: its own, or all that match its pattern. */
export async function matchOutput(
  client: LocalClient,
  workDirectory: string,
  output: ResolvedOutput,
): Promise<readonly string[]> {
  if (output.type !== 'files') return [toPlainPath(output.path)];
  const matches = await outputMatcher(output);
  const found: string[] = [];
  await walk(client, workDirectory, toPatternFolder(output.path), (path) => {
    if (matches(path)) found.push(path);
  });
  return found.sort();
}

/** Every file below a folder; links to files are files, links to folders are not entered, as they may lead round. */
async function walk(client: LocalClient, root: string, folder: string, each: (path: string) => void): Promise<void> {
  for (const entry of (await client.entries(folder === '' ? root : `${root}/${folder}`)) ?? []) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.type === 'folder') await walk(client, root, path, each);
    else if (entry.type === 'file') each(path);
  }
}
