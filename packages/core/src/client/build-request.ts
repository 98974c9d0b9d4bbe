import { InvalidRefError } from '../errors/invalid-ref-error.ts';
import type { OutputSchemas } from '../handle/collect-outputs.ts';
import { requireJobKey } from '../ids/job-key.ts';
import type { JobRef } from '../ids/job-ref.ts';
import type { ScientificJob } from '../job/scientific-job.ts';
import type { StoredPayload } from '../ledger/ledger.ts';
import type { ResolvedJob } from '../seam/resolved-job.ts';
import type { AdapterSlot } from '../tracker/adapter-slot.ts';
import { canonicalJson } from '../util/canonical-json.ts';
import { sha256 } from '../util/sha256.ts';
import type { ResolveInputs } from './array-manifest.ts';
import { fingerprintInputs, fingerprintItems, type InputFingerprint } from './fingerprint-inputs.ts';
import { comparableJob, type JobRequest } from './job-request.ts';
import { type PlacementOptions, placingOf } from './placement.ts';
import { requireSupported } from './require-supported.ts';
import { type AnyJob, placesOf, requireJob, resolveJob } from './resolve-job.ts';

export interface ArrayItems {
  readonly count: number;
  readonly manifest: StoredPayload;
  /** Sources of the inputs that items have of their own; noted for a job with a key. */
  readonly sources: ReadonlySet<string>;
}

/** A job and its placement as a request: resolved, found to be supported, hashed. Sends nothing. */
export async function buildRequest(
  job: AnyJob,
  { name, adapter }: AdapterSlot,
  options: PlacementOptions,
  resolveInputs: ResolveInputs,
  array?: ArrayItems,
): Promise<JobRequest> {
  const key = options.key === undefined ? undefined : requireJobKey(options.key);
  const inputs = 'inputs' in job.spec && job.spec.inputs ? await resolveInputs(job.spec.inputs) : {};
  const what: ResolvedJob = { ...resolveJob(job, inputs), ...placingOf(options) };
  const resolved: ResolvedJob = array ? { ...what, array: arrayOf(array, options) } : what;
  requireSupported(name, adapter.capabilities, resolved, { ...options, ...(array ? { count: array.count } : {}) });
  const comparable = comparableJob(resolved);
  const text = canonicalJson(comparable);
  const schemas = schemasOf(job);
  return {
    ...(key === undefined ? {} : { key }),
    resolved,
    comparable,
    text,
    hash: sha256(text),
    ...(array ? { manifest: array.manifest } : {}),
    places: placesOf(job),
    ...(schemas ? { schemas } : {}),
    fingerprints: key === undefined ? [] : await fingerprintsOf(inputs, array?.sources, options.signal),
  };
}

async function fingerprintsOf(
  inputs: Readonly<Record<string, string>>,
  sources: ReadonlySet<string> = new Set(),
  signal: AbortSignal | undefined,
): Promise<readonly InputFingerprint[]> {
  return [...(await fingerprintInputs(inputs, signal)), ...(await fingerprintItems(sources, signal))];
}

/** The schemas of the job given as `as`, once its outputs are found to be the ref's. */
export function checkedSchemas(as: ScientificJob<unknown>, ref: JobRef): OutputSchemas | undefined {
  const job = requireJob(as);
  const places = placesOf(job);
  const names = new Set([...Object.keys(places), ...Object.keys(ref.places)]);
  const wrong = [...names].filter((name) => places[name] !== ref.places[name]);
  if (wrong.length === 0) return schemasOf(job);
  const list = wrong.map(
    (name) => `${name}: the ref says ${ref.places[name] ?? 'nothing'}, the job ${places[name] ?? 'nothing'}`,
  );
  throw new InvalidRefError(`The ref is not one of the job "${as.name}": its outputs differ (${list.join('; ')}).`);
}

function arrayOf(
  { count, manifest }: ArrayItems,
  { itemsPerTask = 1, maxConcurrent }: PlacementOptions,
): NonNullable<ResolvedJob['array']> {
  return { count, itemsPerTask, manifest, ...(maxConcurrent === undefined ? {} : { maxConcurrent }) };
}

function schemasOf(job: AnyJob): OutputSchemas | undefined {
  const schemas = Object.entries(job.spec.outputs ?? {}).flatMap(([name, { schema }]) =>
    schema ? [[name, schema] as const] : [],
  );
  return schemas.length > 0 ? Object.fromEntries(schemas) : undefined;
}
