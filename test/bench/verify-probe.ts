// One side of the `verify` metric, in a process of its own: `ours <ledger>` or `peer <ledger>`.
import { createHash } from 'node:crypto';
import { createReadStream, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { verifyLedger } from '@scijob/core';
import { peakRssBytes } from './peak-rss.ts';

export interface Verified {
  readonly records: number;
  readonly seconds: number;
  readonly peakRssBytes: number;
}

const [side, folder = ''] = process.argv.slice(2);
const begun = performance.now();
const records = side === 'ours' ? await verifyOurs() : await readSegments();
const verified: Verified = {
  records,
  seconds: (performance.now() - begun) / 1_000,
  peakRssBytes: peakRssBytes(),
};
process.stdout.write(JSON.stringify(verified));

async function verifyOurs(): Promise<number> {
  const { status, records, findings } = await verifyLedger(folder);
  if (status !== 'intact') throw new Error(`The ledger is ${status}: ${JSON.stringify(findings[0])}`);
  return records;
}

/** The least one could do by hand: each line parsed, and one hash over the file. */
async function readSegments(): Promise<number> {
  let parsed = 0;
  for (const name of readdirSync(join(folder, 'segments'))) {
    const hash = createHash('sha256');
    let rest: Buffer = Buffer.alloc(0);
    for await (const chunk of createReadStream(join(folder, 'segments', name), { highWaterMark: 256 * 1_024 })) {
      hash.update(chunk as Buffer);
      const bytes = Buffer.concat([rest, chunk as Buffer]);
      let start = 0;
      for (let end = bytes.indexOf('\n'); end !== -1; end = bytes.indexOf('\n', start)) {
        const record: unknown = JSON.parse(bytes.toString('utf8', start, end));
        if (record === null) throw new Error(`Line ${parsed} is no record.`);
        parsed += 1;
        start = end + 1;
      }
      rest = bytes.subarray(start);
    }
    hash.digest('hex');
  }
  return parsed;
}
