// A process of its own that claims names as fast as it can, from a common start: `<ledger> <start, ms> <names…>`.
import { systemClock } from '../seam/system-clock.ts';
import { openLedger } from './open-ledger.ts';

const [directory = '', start = '0', ...names] = process.argv.slice(2);
const say = () => {};
const ledger = await openLedger(directory, {
  clock: systemClock,
  logger: { debug: say, info: say, warn: say, error: say },
});
// All at once: the rest of the wait is spent spinning.
while (Date.now() < Number(start));
for (const name of names) {
  const outcome = await ledger.claim(name);
  const winner = outcome.type === 'won' ? ledger.session.id : outcome.by.session.id;
  process.stdout.write(`${name} ${outcome.type} ${winner}\n`);
}
await ledger.close();
