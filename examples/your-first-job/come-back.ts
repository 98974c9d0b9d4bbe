// Finds a job again that another process submitted: node come-back.ts <ref>
import { createClient } from '@scijob/core';
import { createLocal } from '@scijob/local';
import { cpgTest } from './cpg-test.ts';

const client = createClient({ adapters: { here: createLocal() } });

// `as` says which job it is: it types the outputs, and checks that they are the ref's.
const job = await client.attach(process.argv[2] ?? '', { as: cpgTest });
if (job.shape !== 'job') throw new TypeError('This is the ref of an array; give that of one job.');

console.log(`It is ${(await job.status()).state}.`);
const { result } = await job.result();
console.log(
  `${result.observed} CG pairs where chance gives ${result.expected.toFixed(0)}: p = ${result.pValue.toFixed(5)}`,
);
await client.close();
