import { appendFileSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../util/sha256.ts';
import { openTestLedger, temporaryFolder, textOf } from './ledger.fixture.ts';
import { PayloadDamagedError } from './payload-damaged-error.ts';
import { PayloadMissingError } from './payload-missing-error.ts';

async function openStore() {
  const folder = join(temporaryFolder(), 'ledger');
  return { ledger: await openTestLedger(folder), payloads: join(folder, 'payloads') };
}

describe('a payload', () => {
  it('is kept once under its hash, from text or lines, repeated or at the same time', async () => {
    const { ledger, payloads } = await openStore();
    const lines = ['{"item":1}\n', '{"item":2}\n'];
    async function* later() {
      yield* lines;
    }
    const stored = await Promise.all([
      ledger.putPayload(lines.join('')),
      ledger.putPayload(lines),
      ledger.putPayload(later()),
    ]);

    const expected = sha256(lines.join(''));
    for (const payload of stored) expect(payload).toMatchObject({ sha256: expected, sizeBytes: 22 });
    expect(readdirSync(payloads)).toEqual([expected]);
    expect(await textOf(ledger.openPayload(expected))).toBe(lines.join(''));
    expect(await textOf((await ledger.putPayload('')).open())).toBe('');
  });

  it('keeps letters whole that are cut over pieces and chunks', async () => {
    const { ledger } = await openStore();
    const [high = '', low = ''] = ['\ud83e', '\uddec'];
    const { sha256: hash, open } = await ledger.putPayload(['x'.repeat(256 * 1024 - 1), high, low, 'é']);
    const text = `${'x'.repeat(256 * 1024 - 1)}🧬é`;
    expect(hash).toBe(sha256(text));
    expect(await textOf(open())).toBe(text);
  });

  it('of a million lines needs the memory of a chunk', async () => {
    const { ledger } = await openStore();
    function* lines() {
      for (let index = 0; index < 1_000_000; index += 1)
        yield `{"item":${index},"environment":{"A":"some value of it"}}\n`;
    }
    let most = 0;
    const before = process.memoryUsage().rss;
    const watching = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss - before);
    }, 20);
    const { sizeBytes } = await ledger.putPayload(lines());
    clearInterval(watching);
    expect(sizeBytes).toBeGreaterThan(50_000_000);
    // Far below what it holds: the rest is what the collector has not yet taken back.
    expect(most).toBeLessThan(48 * 2 ** 20);
  });

  it('errors at once when it is missing, at its end when it was changed, and is healed by being put again', async () => {
    const { ledger, payloads } = await openStore();
    const { sha256: hash, open } = await ledger.putPayload('text');
    appendFileSync(join(payloads, hash), '!');
    await expect(textOf(open())).rejects.toSatisfy(PayloadDamagedError.isInstance);
    await expect(textOf(open())).rejects.toMatchObject({ code: 'PAYLOAD_DAMAGED', sha256: hash });

    await ledger.putPayload('text');
    expect(readFileSync(join(payloads, hash), 'utf8')).toBe('text');

    rmSync(join(payloads, hash));
    await expect(textOf(open())).rejects.toSatisfy(PayloadMissingError.isInstance);
    expect(() => ledger.openPayload('../id')).toThrow(TypeError);
  });

  it('passes an error of its source on, and keeps nothing', async () => {
    const { ledger, payloads } = await openStore();
    function* broken() {
      yield 'x'.repeat(300_000);
      throw new RangeError('no more');
    }
    await expect(ledger.putPayload(broken())).rejects.toThrow(RangeError);
    expect(readdirSync(payloads)).toEqual([]);
  });
});
