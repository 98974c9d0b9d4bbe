// Submits a job, prints its ref and ends. The job does not need this process.
import { createClient } from '@scijob/core';
import { createLocal } from '@scijob/local';
import { cpgTest } from './cpg-test.ts';

const client = createClient({ adapters: { here: createLocal() } });
const job = await client.submit(cpgTest);
console.log(job.toString());
await client.close();
