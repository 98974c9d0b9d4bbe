// A process of its own that records jobs: `<ledger> <key prefix> <count> [print]`. Stays open, and ends when nothing keeps it.
import { systemClock } from '../seam/system-clock.ts';
import { openLedger } from './open-ledger.ts';

const [directory = '', prefix = '', count = '0', print] = process.argv.slice(2);
const say = () => {};
const ledger = await openLedger(directory, {
  clock: systemClock,
  logger: { debug: say, info: say, warn: say, error: say },
});
for (let index = 0; index < Number(count); index += 1) {
  const key = `${prefix}-${index}`;
  await ledger.append({
    type: 'intent',
    key,
    keyGiven: false,
    submission: 1,
    name: 'screen',
    kind: 'command',
    shape: 'job',
    adapterId: 'null',
    adapterName: 'null',
    target: { adapter: 'null', id: 'here', describe: {} },
    jobHash: '0'.repeat(64),
    job: { text: 'x'.repeat(2_000) },
    parts: [{ part: 0, token: 'a'.repeat(32) }],
    places: {},
    duties: [],
  });
  await ledger.append({ type: 'outcome', key, submission: 1, part: 0, outcome: 'accepted', nativeId: String(index) });
  if (print) process.stdout.write(`${key}\n`);
}
