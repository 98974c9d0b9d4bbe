// A job on a backend of your own: where it runs is one line.
import { join } from 'node:path';
import { CommandJob, createClient, file } from '@scijob/core';
import { createSpool } from './spool-adapter.ts';

const home = process.env['SPOOL'] ?? join(import.meta.dirname, '.scijob');
const client = createClient({
  adapters: { spool: createSpool({ directory: home }) },
  ledger: join(home, 'ledger'),
});

const greeting = new CommandJob({
  name: 'greeting',
  command: ['sh', '-c', 'echo "Hello from attempt $SCIJOB_ATTEMPT" | tee hello.txt'],
  outputs: { hello: file('hello.txt') },
});

const job = await client.submit(greeting);
const { hello } = await job.result();

console.log((await hello.text()).trimEnd());
await client.close();
