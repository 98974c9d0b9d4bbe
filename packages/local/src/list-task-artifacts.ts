import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ArtifactInfo } from '@scijob/core/adapter';
import { RecordDamagedError } from '@scijob/core/wrapper';
import type { LocalClient } from './local-client.ts';
import { matchOutput } from './match-output.ts';
import type { PartRecord } from './part-record.ts';
import { readAttempts } from './read-attempts.ts';
import { parseTaskRecord, toRecordPath } from './task-records.ts';

/** The declared outputs that the last attempt of one ended task left, each file once, with the hash its wrapper took. */
export async function listTaskArtifacts(
  client: LocalClient,
  record: PartRecord,
  taskFolder: string,
  child: number | undefined,
): Promise<readonly ArtifactInfo[]> {
  const { folder } = await readAttempts(client, record, taskFolder);
  const workDirectory = join(folder, 'work');
  const outputs = Object.values(record.job.outputs);
  const hashes = outputs.length === 0 ? new Map<string, string | undefined>() : await readHashes(client, folder);
  const found = new Map<string, ArtifactInfo>();
  for (const output of outputs) {
    for (const path of await matchOutput(client, workDirectory, output)) {
      const file = join(workDirectory, path);
      const status = found.has(path) ? undefined : await client.status(file);
      if (status?.type !== 'file') continue;
      const sha256 = hashes.get(path);
      found.set(path, {
        path,
        uri: pathToFileURL(file).href,
        sizeBytes: status.sizeBytes,
        version: status.version,
        modifiedAt: status.modifiedAt,
        ...(sha256 !== undefined && { sha256 }),
        ...(child !== undefined && { child }),
      });
    }
  }
  return [...found.values()];
}

async function readHashes(client: LocalClient, folder: string): Promise<ReadonlyMap<string, string | undefined>> {
  try {
    const records = parseTaskRecord('outputs', await client.readText(toRecordPath(folder, 'outputs')));
    return new Map(records?.map(({ path, sha256 }) => [path, sha256]));
  } catch (error) {
    // The files are there all the same; that they are what the task wrote is then not known.
    if (error instanceof RecordDamagedError) return new Map();
    throw error;
  }
}
