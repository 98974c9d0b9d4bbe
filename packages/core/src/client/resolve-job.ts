import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatOutputPlace } from '../ids/output-place.ts';
import { CommandJob } from '../job/command-job.ts';
import type { Output } from '../job/output.ts';
import { WorkflowJob } from '../job/workflow-job.ts';
import type { ResolvedJob, ResolvedOutput } from '../seam/resolved-job.ts';
import { deepFreeze } from '../util/deep-freeze.ts';
import type { Json } from '../util/json.ts';

/** A job of one of the two classes, whatever its outputs. */
export type AnyJob = CommandJob<unknown> | WorkflowJob<unknown, unknown>;

/** @throws TypeError for what is no job, a spec that was not made one included */
export function requireJob(job: unknown): AnyJob {
  if (job instanceof CommandJob || job instanceof WorkflowJob) return job as AnyJob;
  const hint = typeof job === 'object' && job !== null && 'name' in job ? ' Make it one: `new CommandJob({ … })`.' : '';
  throw new TypeError(`This is no job of this package.${hint}`);
}

/** A job with its defaults made explicit, as plain frozen JSON. `inputs` are resolved already. */
export function resolveJob(job: AnyJob, inputs: Readonly<Record<string, string>>): ResolvedJob {
  const { spec } = job;
  const shared = {
    kind: job.kind,
    name: spec.name,
    outputs: resolveOutputs(spec.outputs),
    retry: spec.retry ?? {},
    tags: spec.tags ?? {},
  };
  if (job instanceof WorkflowJob) {
    const { id, version, type } = job.spec.workflow;
    const parameters = structuredClone(job.spec.parameters) as Json;
    const workflow = {
      id,
      type: type ?? ('private' as const),
      parameters,
      ...(version === undefined ? {} : { version }),
    };
    return deepFreeze({ ...shared, workflow, environment: {}, secrets: {}, inputs: {}, resources: {} });
  }
  const { command, script, interpreter, image, environment, secrets, resources, parallel, timeLimitSeconds } = job.spec;
  return deepFreeze({
    ...shared,
    ...(command === undefined ? {} : { command }),
    ...(script === undefined
      ? {}
      : { script: { text: script, ...(interpreter === undefined ? {} : { interpreter }) } }),
    ...(image === undefined ? {} : { image }),
    environment: environment ?? {},
    secrets: secrets ?? {},
    inputs,
    resources: resources ?? {},
    ...(parallel === undefined ? {} : { parallel }),
    ...(timeLimitSeconds === undefined ? {} : { timeLimitSeconds }),
  });
}

/** An absolute path, or a URL as it is: relative paths resolve against the working directory, `file:` URLs become paths. */
export function resolveSource(source: string, workingDirectory: string): string {
  if (source.startsWith('file:')) return fileURLToPath(source);
  return /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(source) ? source : resolve(workingDirectory, source);
}

type Places = Readonly<Record<string, string>>;
const NO_PLACES: Places = Object.freeze({});
/** Jobs that are copies of one share its outputs: their refs then share one record of places. */
const PLACES = new WeakMap<object, Places>();

/** The declared outputs of a job as its ref carries them. */
export function placesOf({ spec }: AnyJob): Places {
  if (!spec.outputs) return NO_PLACES;
  const known = PLACES.get(spec.outputs);
  if (known) return known;
  const resolved = Object.entries(resolveOutputs(spec.outputs));
  const places = Object.freeze(Object.fromEntries(resolved.map(([name, output]) => [name, formatOutputPlace(output)])));
  PLACES.set(spec.outputs, places);
  return places;
}

function resolveOutputs(
  outputs: Readonly<Record<string, Output<unknown>>> = {},
): Readonly<Record<string, ResolvedOutput>> {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { type, path, optional }]) => [
      name,
      { type, path, optional: optional ?? false },
    ]),
  );
}
