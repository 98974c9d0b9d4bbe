// Virtual screening on this machine: 250 approved drugs, how like imatinib is each? One array of tasks over chunks of
// molecules, then one job that merges what they found. Run it again with the same key and it goes on where it was.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommandJob, createClient, file, json } from '@scijob/core';
import { createLocal } from '@scijob/local';
import { chunkMolecules } from './chunk-molecules.ts';
import { parseOptions } from './parse-options.ts';
import { checkKnownHit, readQuery } from './query.ts';
import { readMolecules } from './read-molecules.ts';
import { showProgress } from './show-progress.ts';

const here = dirname(fileURLToPath(import.meta.url));
const options = parseOptions();
const home = process.env['SCIJOB_HOME'] ?? join(here, '.scijob');
const client = createClient({
  adapters: { here: createLocal({ directory: join(home, 'local') }) },
  ledger: join(home, 'ledger'),
});

// What runs. Nothing here says where: the same jobs run on a cluster with another adapter.
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

// Nothing to save first: what was submitted is in the ledger, and runs without this process.
process.once('SIGINT', () => {
  console.log(`\nThe tasks go on without this window. To come back to them: npm run demo -- --key ${options.key}`);
  process.exit(130);
});

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
  console.error(`${failures.length} of ${sweep.count} tasks failed. The first: ${failures[0]?.message}`);
  await client.close();
  process.exit(1);
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
console.log(`Ranked list: ${await ranked.download(`${options.out}/`)}`);
console.log(`Best hits:   ${await picture.download(`${options.out}/`)}  (open it in a browser)`);
await client.close();
