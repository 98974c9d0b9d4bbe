import { randomBytes } from 'node:crypto';
import type { LocalClient } from './local-client.ts';
import { localDirectory } from './local-directory.ts';
import { type LocalOptions, type ResolvedLocalOptions, resolveLocalOptions } from './local-options.ts';
import { machineId } from './machine.ts';
import { type LocalPaths, type PartPaths, toLocalPaths, toPartPaths } from './part-paths.ts';

/** What every call of the adapter works with. */
export interface Home {
  readonly client: LocalClient;
  readonly options: ResolvedLocalOptions;
  readonly machine: string;
  /** Random, written once when the directory is first used: another directory, another backend. */
  readonly directoryId: string;
  readonly paths: LocalPaths;
  part(token: string): PartPaths;
}

/** Creates the directory where it is missing and reads its id. */
export async function openHome(options: LocalOptions, client: LocalClient = localDirectory): Promise<Home> {
  const resolved = resolveLocalOptions(options);
  const machine = machineId();
  const paths = toLocalPaths(resolved.directory, machine);
  for (const folder of [paths.jobs, paths.staging, paths.inbox, paths.runners]) await client.createFolder(folder);
  return {
    client,
    options: resolved,
    machine,
    directoryId: await readDirectoryId(client, paths.id),
    paths,
    part: (token) => toPartPaths(toPartFolder(paths, token)),
  };
}

/** A token is the only thing of a key that becomes a path; whatever else a ref may hold does not. */
function toPartFolder(paths: LocalPaths, token: string): string {
  if (!/^[0-9a-z]{1,64}$/.test(token)) {
    throw new TypeError(
      `${JSON.stringify(token)} is no native id of a local job: it has lower-case letters and digits only.`,
    );
  }
  return `${paths.jobs}/${token}`;
}

async function readDirectoryId(client: LocalClient, path: string): Promise<string> {
  const known = await client.readText(path);
  if (known !== undefined) return known.trim();
  await client.writeOnce(path, `${randomBytes(16).toString('hex')}\n`);
  return ((await client.readText(path)) ?? '').trim();
}
