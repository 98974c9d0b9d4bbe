import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { bytes } from 'node:stream/consumers';
import type { ArtifactInfo, ArtifactQuery, ByteRange, JobRef } from '@scijob/core/adapter';
import type { Bench } from './bench.ts';

/** Reads page after page to the end. For a job that has ended. */
export async function listAllArtifacts(
  bench: Bench,
  ref: JobRef,
  query: ArtifactQuery = {},
  adapter = bench.adapter,
): Promise<readonly ArtifactInfo[]> {
  const { clock } = bench.time;
  const endMs = clock.monotonicMs() + bench.patienceSeconds * 1_000;
  const items: ArtifactInfo[] = [];
  let next = query;
  for (;;) {
    const page = await adapter.listArtifacts(ref, next, bench.context());
    items.push(...page.items);
    if (page.end) return items;
    assert.ok(clock.monotonicMs() < endMs, `the artifacts of an ended job do not end: ${items.length} so far`);
    if (page.items.length === 0) await bench.time.pass(bench.tickMs);
    next = { ...next, ...(page.cursor !== undefined && { cursor: page.cursor }) };
  }
}

/** The one artifact at a path. */
export async function artifactAt(bench: Bench, ref: JobRef, path: string): Promise<ArtifactInfo> {
  const found = (await listAllArtifacts(bench, ref)).filter((artifact) => artifact.path === path);
  assert.equal(found.length, 1, `one artifact ${JSON.stringify(path)} is listed`);
  return found[0] as ArtifactInfo;
}

export async function readBytes(
  bench: Bench,
  ref: JobRef,
  artifact: ArtifactInfo,
  range?: ByteRange,
  adapter = bench.adapter,
): Promise<Uint8Array> {
  return new Uint8Array(await bytes(await adapter.openArtifact(ref, artifact, range, bench.context())));
}

export function sha256(content: Uint8Array): string {
  return hash('sha256', content);
}
