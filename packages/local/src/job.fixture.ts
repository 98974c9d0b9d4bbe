import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobAdapter, JobRef, ManifestLine, Observation, Part, ResolvedJob, TaskRange } from '@scijob/core/adapter';
import { isFinal } from '@scijob/core/adapter';
import { toCallContext } from './call-context.fixture.ts';
import type { LocalNative } from './local-options.ts';

/** A resolved command, as core makes it, with what a test wants otherwise. */
export function aJob(changes: Partial<ResolvedJob<LocalNative>> = {}): ResolvedJob<LocalNative> {
  return {
    kind: 'command',
    name: 'test',
    command: ['true'],
    environment: {},
    secrets: {},
    inputs: {},
    outputs: {},
    resources: {},
    retry: {},
    tags: {},
    ...changes,
  };
}

/** A job of `sh -c script`. */
export function aShellJob(script: string, changes: Partial<ResolvedJob<LocalNative>> = {}): ResolvedJob<LocalNative> {
  return aJob({ command: ['sh', '-c', script], ...changes });
}

export function anArray(
  lines: Iterable<ManifestLine>,
  job: ResolvedJob<LocalNative>,
  maxConcurrent?: number,
): ResolvedJob<LocalNative> {
  const texts = [...lines].map((line) => `${JSON.stringify(line)}\n`);
  const manifest = { sha256: 'unused', open: () => new Blob(texts).stream() as ReadableStream<Uint8Array> };
  return {
    ...job,
    array: { count: texts.length, itemsPerTask: 1, manifest, ...(maxConcurrent !== undefined && { maxConcurrent }) },
  };
}

export function aPart(job: ResolvedJob<LocalNative>, tasks?: readonly TaskRange[]): Part<LocalNative> {
  const token = randomBytes(16).toString('hex');
  const key = { key: `key-${token}`, submission: 1, part: 0, token };
  const all: readonly TaskRange[] | undefined = tasks ?? (job.array ? [[0, job.array.count - 1]] : undefined);
  return { key, job, after: [], ...(all && { tasks: all }) };
}

export async function toRef(adapter: JobAdapter<'command', LocalNative>, part: Part<LocalNative>): Promise<JobRef> {
  return {
    version: 1,
    target: await adapter.target(toCallContext()),
    key: part.key.key,
    jobHash: 'unused',
    submissions: [{ number: 1, parts: [{ nativeId: part.key.token, ...(part.tasks && { tasks: part.tasks }) }] }],
    kind: 'command',
    places: {},
    ...(part.job.array && { count: part.job.array.count }),
  };
}

/** Prepares and submits, and fails when either is refused. */
export async function submit(
  adapter: JobAdapter<'command', LocalNative>,
  job: ResolvedJob<LocalNative>,
  after: Part['after'] = [],
): Promise<JobRef> {
  const part = { ...aPart(job), after };
  const [prepared] = await adapter.prepare([part], toCallContext());
  if (prepared?.type !== 'prepared') throw new Error(JSON.stringify(prepared));
  const [submitted] = await adapter.submit([part], toCallContext());
  if (submitted?.type !== 'accepted') throw new Error(JSON.stringify(submitted));
  return toRef(adapter, part);
}

export async function observe(adapter: JobAdapter<'command', LocalNative>, ref: JobRef): Promise<Observation> {
  const { seen } = await adapter.observe([{ ref }], toCallContext());
  if (!seen[0]) throw new Error('not seen');
  return seen[0];
}

/** Looks until `wanted`, as core does, for at most some seconds. */
export async function until(
  adapter: JobAdapter<'command', LocalNative>,
  ref: JobRef,
  wanted: (observation: Observation) => boolean = ({ status }) => isFinal(status),
  seconds = 20,
): Promise<Observation> {
  const context = toCallContext();
  const endMs = performance.now() + seconds * 1_000;
  for (;;) {
    const observation = await observe(adapter, ref);
    if (wanted(observation)) return observation;
    if (performance.now() > endMs) throw new Error(`still ${JSON.stringify(observation.status)}`);
    await context.pause(30);
  }
}

/** A directory of its own, and how to clear it away. */
export async function aDirectory(): Promise<{ readonly path: string; readonly remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'scijob-local-'));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** The folder name of a job's first part. */
export function tokenOf(ref: JobRef): string {
  return ref.submissions[0]?.parts[0]?.nativeId ?? '';
}
