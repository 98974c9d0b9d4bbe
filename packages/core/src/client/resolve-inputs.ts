import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UnsupportedError } from '../errors/unsupported-error.ts';
import type { JobHandle } from '../handle/job-handle.ts';
import type { JobRefString } from '../ids/job-ref.ts';
import type { Artifact } from '../job/artifact.ts';
import type { CommandJob } from '../job/command-job.ts';
import type { OutputRef } from '../job/output.ts';
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

async function outputSources(
  path: string,
  { job, output }: OutputRef,
  attach: Attach,
): Promise<Record<string, string>> {
  const handle = await attach(job);
  const status = await handle.status();
  if (status.state !== 'succeeded') {
    throw new UnsupportedError(
      `The input ${JSON.stringify(path)} is the output "${output}" of a job that is ${status.state}. Inputs from jobs that have not succeeded ` +
        'are not there yet: await its result() first.',
    );
  }
  const value = (await handle.result())[output];
  if (Array.isArray(value)) {
    const folder = path === '.' ? '' : `${path}/`;
    return Object.fromEntries(
      (value as Artifact[]).map((artifact) => [`${folder}${artifact.path}`, sourceOf(artifact.uri)]),
    );
  }
  const uri = (value as Artifact | undefined)?.uri;
  if (uri === undefined) {
    throw new UnsupportedError(
      `The input ${JSON.stringify(path)} is the output "${output}", which is a value or was not left. Declare it as \`file(…)\` to hand it on.`,
    );
  }
  return { [path]: sourceOf(uri) };
}

function sourceOf(uri: string): string {
  return uri.startsWith('file:') ? fileURLToPath(uri) : isAbsolute(uri) ? resolveSource(uri, '/') : uri;
}
