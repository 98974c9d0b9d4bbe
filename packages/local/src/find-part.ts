import { randomUUID } from 'node:crypto';
import type { CallContext, FindOutcome, PartKey } from '@scijob/core/adapter';
import type { Home } from './open-home.ts';
import { parsePartRecord } from './part-record.ts';
import { toStagedFolder } from './prepare-part.ts';

/**
 * The folder is there: found. If not, its name is taken by a tombstone, which a delayed submit cannot rename over:
 * absent, now and for ever.
 */
export async function findPart(home: Home, key: PartKey, context: CallContext): Promise<FindOutcome> {
  const { client } = home;
  const part = home.part(key.token);
  const tombstone = `${home.paths.staging}/${key.token}.${randomUUID()}`;
  const text = await client.readText(part.record);
  if (text !== undefined) return requireSame(text, key);
  await client.createFolder(tombstone);
  await client.write(`${tombstone}/fenced`, `${context.clock.now().toISOString()}\n`);
  if ((await client.moveFolder(tombstone, part.folder, { durable: true })) === 'occupied') {
    await client.remove(tombstone);
    const record = await client.readText(part.record);
    if (record !== undefined) return requireSame(record, key);
  }
  const fencedAt = (await client.readText(part.fence))?.trim();
  if (fencedAt === undefined) throw new Error(`${part.folder} is neither a job nor fenced.`);
  // What was prepared for it can never be sent, and may hold secrets.
  await client.remove(toStagedFolder(home, key.token));
  await client.remove(`${home.paths.inbox}/${key.token}`);
  return { type: 'absent', evidence: { fenced: part.folder, fencedAt } };
}

function requireSame(text: string, key: PartKey): FindOutcome {
  const record = parsePartRecord(text);
  if (record?.key.key === key.key) return { type: 'found', nativeId: key.token };
  return {
    type: 'unknown',
    cause: new Error(`The folder of token ${key.token} holds another key, or its record is damaged.`),
  };
}
