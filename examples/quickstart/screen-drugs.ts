// What runs: one array of tasks over chunks of molecules, then one job that merges what they found. Nothing here says
// where: the same jobs run on a cluster with another adapter.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Client, CommandJob, file, json } from '@scijob/core';
import type { createLocal } from '@scijob/local';
import { chunkMolecules } from './chunk-molecules.ts';
import type { QuickstartOptions } from './parse-options.ts';
import { checkKnownHit, readQuery } from './query.ts';
import { readMolecules } from './read-molecules.ts';
import { showProgress } from './show-progress.ts';

const here = dirname(fileURLToPath(import.meta.url));
const rdkit = dirname(createRequire(import.meta.url).resolve('@rdkit/rdkit'));
const program = (name: string) => ({
  [name]: join(here, 'tasks', name),
  'RDKit_minimal.js': join(rdkit, 'RDKit_minimal.js'),
  'RDKit_minimal.wasm': join(rdkit, 'RDKit_minimal.wasm'),
});
const describeMolecules = new CommandJob({
  name: 'describe-molecules',
  command: ['node', 'describe-molecules.mjs'],
  inputs: program('describe-molecules.mjs'),
  resources: { cpus: 1 },
  timeLimitSeconds: 600,
  outputs: { descriptors: json<readonly { readonly name: string; readonly similarity: number }[]>('descriptors.json') },
});
const mergeHits = new CommandJob({
  name: 'merge-hits',
  command: ['node', 'merge-hits.mjs'],
  inputs: program('merge-hits.mjs'),
  timeLimitSeconds: 600,
  outputs: { ranked: file('ranked.csv'), picture: file('hits.svg') },
});

/** Screens the drugs, checks that the known hit is found, and says where the ranked list and the picture are. */
export async function screenDrugs(
  client: Client<{ readonly here: ReturnType<typeof createLocal> }>,
  options: QuickstartOptions,
): Promise<{ readonly ranked: string; readonly picture: string }> {
  const query = await readQuery();
  const molecules = await readMolecules(join(here, 'data', 'approved-drugs.csv'));
  const chunks = chunkMolecules(molecules, options.chunkSize);
  console.log(`Screening ${molecules.length} approved drugs against ${query.name}, in ${chunks.length} tasks.`);

  const sweep = await client.map(
    chunks.map((chunk) => ({ query: query.smiles, molecules: chunk })),
    describeMolecules,
    { key: options.key },
  );
  console.log(`Submitted as ${sweep.key}. From any process: client.attach('${sweep.toString().slice(0, 40)}…')`);
  const failures = await showProgress(sweep, options);
  if (failures.length > 0) {
    const cause = failures[0];
    throw new Error(`${failures.length} of ${sweep.count} tasks failed. The first: ${cause?.message}`, { cause });
  }

  // The outputs of one job are the inputs of the next.
  const merge = await client.submit(
    mergeHits.with({
      inputs: Object.fromEntries(
        chunks.map((_, index) => [`chunks/${index}.json`, sweep.child(index).outputs.descriptors]),
      ),
    }),
    { key: `${options.key} merge` },
  );
  await merge.logs().forEach((line) => console.log(`  ${line.text}`));
  const { ranked, picture } = await merge.result();

  await checkKnownHit(ranked, query);
  console.log(`${query.knownHit}, designed from ${query.name}, is found right behind it, as it must be.`);
  console.log(`  ${query.knownHitSource}`);
  return { ranked: await ranked.download(`${options.out}/`), picture: await picture.download(`${options.out}/`) };
}
