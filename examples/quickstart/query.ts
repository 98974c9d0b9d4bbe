import { readFile } from 'node:fs/promises';
import type { Artifact } from '@scijob/core';
import { parse } from 'csv-parse/sync';

/** What is searched for, and what the literature says must be found. */
export interface Query {
  readonly name: string;
  readonly smiles: string;
  readonly knownHit: string;
  readonly knownHitSource: string;
}

export async function readQuery(): Promise<Query> {
  return JSON.parse(await readFile(new URL('query.json', import.meta.url), 'utf8')) as Query;
}

/** A screening that does not find what is known to be there found nothing worth showing. */
export async function checkKnownHit(ranked: Artifact, { name, knownHit }: Query): Promise<void> {
  const rows = parse<Readonly<Record<string, string>>>(await ranked.text(), { columns: true });
  const [first, second] = rows.map((row) => row['name']);
  if (first === name && second === knownHit) return;
  throw new Error(`Expected ${name} and then ${knownHit} on top of the ranked list, found ${first} and ${second}.`);
}
