import { InvalidRefError } from '../errors/invalid-ref-error.ts';
import type { OutputSchemas } from '../handle/collect-outputs.ts';
import { requireJobKey } from '../ids/job-key.ts';
import type { JobRef } from '../ids/job-ref.ts';
import type { ScientificJob } from '../job/scientific-job.ts';
import type { StoredPayload } from '../ledger/ledger.ts';
import type { RecordedDependency } from '../ledger/ledger-record.ts';
import type { AdapterCapabilities } from '../seam/adapter-capabilities.ts';
import type { Part } from '../seam/part.ts';
import type { ResolvedJob } from '../seam/resolved-job.ts';
import type { AdapterSlot } from '../tracker/adapter-slot.ts';
import { canonicalJson } from '../util/canonical-json.ts';
import { sha256 } from '../util/sha256.ts';
import { addAfter } from './dependency.ts';
import type { DependencySet } from './dependency-set.ts';
import { type DutyPlan, planDuties } from './duty-plan.ts';
import { fingerprintInputs, fingerprintItems, type InputFingerprint } from './fingerprint-inputs.ts';
import { comparableJob, type JobRequest, placingOfJob } from './job-request.ts';
import { isOutputSource } from './output-source.ts';
import { type PlacementOptions, placingOf } from './placement.ts';
import { requireAttended } from './require-attended.ts';
import { requireSupported } from './require-supported.ts';
import { resolveInputs } from './resolve-inputs.ts';
import { type AnyJob, placesOf, requireJob, resolveJob } from './resolve-job.ts';

export interface ArrayItems {
  readonly count: number;
  readonly manifest: StoredPayload;
  /** Sources of the inputs that items have of their own; noted for a job with a key. */
  readonly sources: ReadonlySet<string>;
  /** Whether an output of task `child` at an input path is taken by that task's own item alone. */
  readonly isOwn: (child: number, path: string) => boolean;
}

/** A job and its placement as a request: resolved, found to be supported, hashed. Sends nothing. */
export async function buildRequest(
  job: AnyJob,
  slot: AdapterSlot,
  options: PlacementOptions,
  dependencies: DependencySet,
  judge: JudgeDependencies,
  array?: ArrayItems,
): Promise<JobRequest> {
  const key = options.key === undefined ? undefined : requireJobKey(options.key);
  const given = 'inputs' in job.spec ? (job.spec.inputs ?? {}) : {};
  const inputs = resolveInputs(given, process.cwd(), dependencies, array?.isOwn);
  const what: ResolvedJob = { ...resolveJob(job, inputs), ...placingOf(options) };
  const named: ResolvedJob = array ? { ...what, array: arrayOf(array, options) } : what;
  addAfter(options.after, dependencies);
  const schemas = schemasOf(job);
  const request = await requestOf(slot, named, dependencies, judge, options.unattended ?? false);
  return {
    ...request,
    ...(key === undefined ? {} : { key }),
    places: placesOf(job),
    ...(schemas ? { schemas } : {}),
    fingerprints: key === undefined ? [] : await fingerprintsOf(inputs, array?.sources, options.signal),
  };
}

/** What is asked of one adapter for a resolved job: found to be supported, its duties planned, what it waits for judged. */
export async function requestOf(
  slot: AdapterSlot,
  named: ResolvedJob,
  dependencies: DependencySet,
  judge: JudgeDependencies,
  unattended: boolean,
): Promise<Omit<JobRequest, 'places' | 'fingerprints' | 'key' | 'schemas'>> {
  const waited = dependencies.toRecords();
  requireSupported(slot.name, slot.adapter.capabilities, named, {
    conditions: waited.map(({ condition }) => condition),
    ...(named.array ? { count: named.array.count } : {}),
  });
  const { capabilities } = slot.adapter;
  const first = waited.length > 0 ? await judge(waited, named, dependencies.takesOutputs) : NOTHING_WAITED_FOR;
  // What is sent part by part cannot be wired natively: the owner sends the later ones.
  const isLater = first.after.length > 0 && planDuties(capabilities, named, false).duties.includes('next-part');
  const judged: JudgedDependencies = isLater ? { isHeld: true, after: [] } : first;
  const plan = planDuties(capabilities, named, judged.isHeld);
  requireAttended(slot.name, named.name, unattended, plan);
  const comparable = comparableJob(named);
  const text = canonicalJson(comparable);
  const isPlain = plan.duties.length === 0 && waited.length === 0;
  return {
    resolved: dealt(isPlain ? named : sentJob(named, plan, judged.resolved), slot.adapter.capabilities),
    placing: placingOfJob(named),
    plan,
    dependencies: waited.map((one) => (judged.after.length > 0 ? { ...one, native: true as const } : one)),
    after: judged.after,
    comparable,
    text,
    hash: sha256(text),
    ...(named.array ? { manifest: named.array.manifest } : {}),
  };
}

/** Where one native task cannot run several items, each is a task of its own: the results are the same. */
export function dealt(job: ResolvedJob, { arrays }: AdapterCapabilities<never>): ResolvedJob {
  const isNative = arrays !== false && arrays.itemsPerTask === 'native';
  if (!job.array || isNative || job.array.itemsPerTask === 1) return job;
  return { ...job, array: { ...job.array, itemsPerTask: 1 } };
}

export interface JudgedDependencies {
  /** The owner has to wait for some of them. */
  readonly isHeld: boolean;
  /** What the backend is told to wait for instead. */
  readonly after: Part['after'];
  /** The job with the outputs it takes as paths; absent while it is held. */
  readonly resolved?: ResolvedJob;
}

export type JudgeDependencies = (
  waited: readonly RecordedDependency[],
  job: ResolvedJob,
  takesOutputs: boolean,
) => Promise<JudgedDependencies>;

const NOTHING_WAITED_FOR: JudgedDependencies = { isHeld: false, after: [] };

function sentJob(named: ResolvedJob, plan: DutyPlan, resolved: ResolvedJob = named): ResolvedJob {
  const job = { ...resolved, retry: plan.nativeRetry };
  if (!job.array || plan.window === undefined) return job;
  const { maxConcurrent: _window, ...array } = job.array;
  return { ...job, array };
}

async function fingerprintsOf(
  inputs: Readonly<Record<string, string>>,
  sources: ReadonlySet<string> = new Set(),
  signal: AbortSignal | undefined,
): Promise<readonly InputFingerprint[]> {
  const own = Object.fromEntries(Object.entries(inputs).filter(([, source]) => !isOutputSource(source)));
  const ofItems = new Set([...sources].filter((source) => !isOutputSource(source)));
  return [...(await fingerprintInputs(own, signal)), ...(await fingerprintItems(ofItems, signal))];
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
