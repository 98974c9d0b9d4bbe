import { UnsupportedError } from '../errors/unsupported-error.ts';
import type { JobHandle } from '../handle/job-handle.ts';
import type { JobRefString } from '../ids/job-ref.ts';
import { parseOutputPlace } from '../ids/output-place.ts';
import type { CommandJob } from '../job/command-job.ts';
import type { OutputRef } from '../job/output.ts';
import { outputMatcher } from '../job/output-matcher.ts';
import { decodeRef } from '../seam/encode-ref.ts';
import { resolveSource } from './resolve-job.ts';

type Inputs = NonNullable<CommandJob['spec']['inputs']>;
export type Attach = (ref: JobRefString) => Promise<JobHandle<Record<string, unknown>>>;

/**
 * Inputs as absolute paths and URLs. At once when there are only paths; with an output of another job among them, after
 * looking at that job. One that has not succeeded is refused until held dependencies are there.
 */
export function resolveInputs(
  inputs: Inputs,
  workingDirectory: string,
  attach: Attach,
): Record<string, string> | Promise<Record<string, string>> {
  const resolved: Record<string, string> = {};
  let pending: Promise<unknown> | undefined;
  for (const [path, source] of Object.entries(inputs)) {
    if (typeof source === 'string') resolved[path] = resolveSource(source, workingDirectory);
    else {
      pending = (pending ?? Promise.resolve())
        .then(() => outputSources(path, source, attach))
        .then((sources) => Object.assign(resolved, sources));
    }
  }
  return pending ? pending.then(() => resolved) : resolved;
}

/** The files behind an output: one lies at `path`, those of a pattern lie below it. */
async function outputSources(
  path: string,
  { job, output }: OutputRef,
  attach: Attach,
): Promise<Record<string, string>> {
  const handle = await attach(job);
  const status = await handle.status();
  const refuse = (why: string): never => {
    throw new UnsupportedError(`The input ${JSON.stringify(path)} is the output "${output}" of a job ${why}`);
  };
  if (status.state !== 'succeeded') {
    refuse(
      `that is ${status.state}. Inputs from jobs that have not succeeded are not there yet: await its result() first.`,
    );
  }
  const place = parseOutputPlace(decodeRef(job).places[output] ?? '');
  if (!place) return refuse('that declares no such output.');
  const matches = await outputMatcher(place);
  const artifacts = (await handle.artifacts().toArray()).filter((artifact) => matches(artifact.path));
  if (place.type === 'files') {
    const folder = path === '.' ? '' : `${path}/`;
    return Object.fromEntries(
      artifacts.map((artifact) => [`${folder}${artifact.path}`, resolveSource(artifact.uri, '/')]),
    );
  }
  const [artifact] = artifacts;
  return artifact ? { [path]: resolveSource(artifact.uri, '/') } : refuse(`that did not leave it (${place.path}).`);
}
