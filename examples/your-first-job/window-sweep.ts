// The same program over several settings: one array, one task per item, results as they come.
import { join } from 'node:path';
import { CommandJob, createClient, json } from '@scijob/core';
import { createLocal } from '@scijob/local';

const here = import.meta.dirname;
const client = createClient({ adapters: { here: createLocal() } });

const gcContent = new CommandJob({
  name: 'gc-content',
  command: ['node', 'gc-content.mjs', 'sequences.fasta'],
  inputs: {
    'gc-content.mjs': join(here, 'programs', 'gc-content.mjs'),
    'sequences.fasta': join(here, 'data', 'orchids.fasta'),
  },
  outputs: { summary: json<{ readonly richest: number }>('summary.json') },
});

// The function says per item what differs from the job; here, the arguments.
const sweep = await client.map([25, 50, 100, 200], (window) =>
  gcContent.with({ command: ['node', 'gc-content.mjs', 'sequences.fasta', String(window)] }),
);

for await (const child of sweep.results()) {
  if (child.state === 'succeeded') {
    console.log(`window ${child.item}: up to ${(100 * child.outputs.summary.richest).toFixed(1)} % G or C`);
  } else {
    console.error(`window ${child.item}: ${child.error.message}`);
  }
}

const status = await sweep.wait();
console.log(`The sweep ${status.state}.`);
await client.close();
