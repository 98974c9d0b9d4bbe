// What a job prints, while it prints it.
import { createClient } from '@scijob/core';
import { createLocal } from '@scijob/local';
import { cpgTest } from './cpg-test.ts';

const client = createClient({ adapters: { here: createLocal() } });
const job = await client.submit(cpgTest);

// Ends when the job has ended and every line was shown.
for await (const line of job.logs()) console.log(`${line.stream} | ${line.text}`);

const status = await job.wait();
const usage = await job.usage();
console.log(`The job ${status.state} after ${usage.wallSeconds?.toFixed(1)} s.`);
await client.close();
