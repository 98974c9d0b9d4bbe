// A process of its own that claims each name it is told on its standard input: `<ledger>`.
import { createInterface } from 'node:readline';
import { systemClock } from '../seam/system-clock.ts';
import { openLedger } from './open-ledger.ts';

const [directory = ''] = process.argv.slice(2);
const say = () => {};
const ledger = await openLedger(directory, {
  clock: systemClock,
  logger: { debug: say, info: say, warn: say, error: say },
});
// Begins the segment, so that the first name is a race too.
await ledger.append({ type: 'note', message: 'ready' });
process.stdout.write('ready\n');
for await (const name of createInterface({ input: process.stdin })) {
  const outcome = await ledger.claim(name);
  const winner = outcome.type === 'won' ? ledger.session.id : outcome.by.session.id;
  process.stdout.write(`${name} ${outcome.type} ${winner}\n`);
}
await ledger.close();
