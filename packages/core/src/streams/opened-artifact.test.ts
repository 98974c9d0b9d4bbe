import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Artifact } from '../job/artifact.ts';
import { silentLogger } from '../seam/default-logger.ts';
import { defineAdapter } from '../seam/define-adapter.ts';
import { systemClock } from '../seam/system-clock.ts';
import { AdapterSlot } from '../tracker/adapter-slot.ts';
import type { Subject } from '../tracker/subject.ts';
import { openedArtifact } from './opened-artifact.ts';

/** Waits a hundredth of what it is asked to. */
const clock = {
  ...systemClock,
  sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(ms / 100, signal),
};
const slot = new AdapterSlot({
  name: 'here',
  adapter: defineAdapter({
    id: 'here',
    capabilities: { kinds: { command: true } },
    target: async () => ({ adapter: 'here', id: 'here', describe: {} }),
    submit: async () => [],
    observe: async () => ({ covered: [], seen: [] }),
  }),
  clock,
  logger: silentLogger,
  onEnd: async () => undefined,
});

/** An artifact that was listed with `listed` in it; its backend sends what `open` gives. */
function artifactOf(listed: string, open: () => ReadableStream<Uint8Array>, isHashed = true): Artifact {
  const hashed = isHashed ? { sha256: createHash('sha256').update(listed).digest('hex') } : {};
  // All that is used of it is where it is read.
  const subject = { slot, openArtifact: async () => open() } as unknown as Subject;
  const sizeBytes = Buffer.byteLength(listed);
  return openedArtifact(subject, { path: 'scores.csv', uri: 'here:scores.csv', sizeBytes, ...hashed, version: '1' });
}

const sending = (text: string) => () => new Blob([text]).stream();

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'scijob-artifact-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe('the bytes of an artifact', () => {
  it('are refused when some are missing', async () => {
    const artifact = artifactOf('0123456789', sending('01234'), false);
    await expect(artifact.text()).rejects.toThrow('it has 5 bytes, not 10');
  });

  it('are refused when one of them is wrong, though none is missing', async () => {
    expect(await artifactOf('0123456789', sending('0123456789')).text()).toBe('0123456789');
    await expect(artifactOf('0123456789', sending('0123x56789')).text()).rejects.toThrow('its SHA-256 is');
  });

  it('are at the final path when they are all there, and not before', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'scores.csv');
    writeFileSync(path, 'of last time');
    await expect(artifactOf('0123456789', sending('0123x56789')).download(path)).rejects.toThrow('its SHA-256 is');
    expect(readFileSync(path, 'utf8')).toBe('of last time');
    expect(readdirSync(folder)).toEqual(['scores.csv']);

    let seen = '';
    const slowly = () =>
      new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(Buffer.from('01234')),
        pull: (controller) => {
          seen ||= readFileSync(path, 'utf8');
          controller.enqueue(Buffer.from('56789'));
          controller.close();
        },
      });
    expect(await artifactOf('0123456789', slowly).download(folder)).toBe(path);

    expect(seen).toBe('of last time');
    expect(readFileSync(path, 'utf8')).toBe('0123456789');
    expect(readdirSync(folder)).toEqual(['scores.csv']);
  });
});
