// A command of your own, run as a job on this machine: what it needs, what it leaves behind, what comes back typed.
import { join } from 'node:path';
import { CommandJob, createClient, file, json } from '@scijob/core';
import { createLocal } from '@scijob/local';

const here = import.meta.dirname;
const client = createClient({ adapters: { here: createLocal() } });

const gcContent = new CommandJob({
  name: 'gc-content',
  command: ['node', 'gc-content.mjs', 'sequences.fasta'],
  // Path in the task's own directory → where it comes from.
  inputs: {
    'gc-content.mjs': join(here, 'programs', 'gc-content.mjs'),
    'sequences.fasta': join(here, 'data', 'orchids.fasta'),
  },
  outputs: {
    summary: json<{ readonly sequences: number; readonly bases: number; readonly gc: number }>('summary.json'),
    table: file('gc-content.csv'),
  },
});

const job = await client.submit(gcContent);
const { summary, table } = await job.result();

console.log(
  `${summary.sequences} sequences, ${summary.bases} bases, ${(100 * summary.gc).toFixed(1)} % of them G or C`,
);
console.log(`The table has ${table.sizeBytes} bytes, SHA-256 ${table.sha256}:`);
console.log(await table.text());

await client.close();
