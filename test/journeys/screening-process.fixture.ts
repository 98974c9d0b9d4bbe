// A user's program: a small screening with a key, run as a process of its own so that tests can kill it at any moment.
// Each task appends its index to a file when it runs, so that a task run twice is seen.
import { join } from 'node:path';
import { CommandJob, createClient, json } from '@scijob/core';
import { createLocal } from '@scijob/local';

const [home = '', key = '', tasks = '6', seconds = '0.2'] = process.argv.slice(2);
const client = createClient({
  adapters: { here: createLocal({ directory: join(home, 'local'), cpus: 4 }) },
  ledger: home,
});
const dock = new CommandJob({
  name: 'dock',
  script: `printf '%s\\n' "$SCIJOB_INDEX" >> "$RAN"; echo "docking $SCIJOB_ITEM"; sleep ${seconds}; echo "{\\"energy\\": -$SCIJOB_INDEX}" > best.json`,
  environment: { RAN: join(home, 'ran') },
  outputs: { best: json<{ energy: number }>('best.json') },
});
const items = Array.from({ length: Number(tasks) }, (_, index) => `ligand ${index}`);
const sweep = await client.map(items, dock, { key });
console.log(sweep.toString());
const energies: number[] = [];
await sweep.results().forEach((child) => {
  if (child.state === 'succeeded') energies[child.index] = child.outputs.best.energy;
  else throw child.error;
});
console.log(`energies ${energies.join(' ')}`);
await client.close();
