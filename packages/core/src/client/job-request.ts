import type { OutputSchemas } from '../handle/collect-outputs.ts';
import type { RecordedDependency } from '../ledger/ledger-record.ts';
import type { Part } from '../seam/part.ts';
import type { PayloadRef, ResolvedJob } from '../seam/resolved-job.ts';
import { canonicalJson } from '../util/canonical-json.ts';
import type { Json } from '../util/json.ts';
import type { DutyPlan } from './duty-plan.ts';
import type { InputFingerprint } from './fingerprint-inputs.ts';

/** One job on its way to a backend. */
export interface JobRequest {
  /** The caller's key; absent for one made up. */
  readonly key?: string;
  /** As it is sent: inputs from other jobs are paths. As they are named, while the job is held. */
  readonly resolved: ResolvedJob;
  /** Queue, account, native options and how an array is dealt out: what the comparable job leaves out. */
  readonly placing: Json;
  readonly plan: DutyPlan;
  /** All that it waits for or takes outputs of. */
  readonly dependencies: readonly RecordedDependency[];
  /** What the backend itself is told to wait for. */
  readonly after: Part['after'];
  /** What is compared between jobs of one key. */
  readonly comparable: Json;
  /** Its canonical JSON, … */
  readonly text: string;
  /** … and the SHA-256 of that, which names the job. */
  readonly hash: string;
  readonly manifest?: PayloadRef;
  readonly places: Readonly<Record<string, string>>;
  readonly schemas?: OutputSchemas;
  readonly fingerprints: readonly InputFingerprint[];
}

/** What makes a job the same job: not queue, account, priority, purchase, native, nor how an array is dealt out. */
export function comparableJob(job: ResolvedJob): Json {
  const {
    array,
    queue: _queue,
    account: _account,
    priority: _priority,
    purchase: _purchase,
    native: _native,
    ...rest
  } = job;
  const comparable: object = array ? { ...rest, array: { count: array.count, manifest: array.manifest.sha256 } } : rest;
  return comparable as Json;
}

/** What the comparable job leaves out and a later submission needs. */
export function placingOfJob({ queue, account, priority, purchase, native, array }: ResolvedJob): Json {
  const placing = {
    queue,
    account,
    priority,
    purchase,
    native,
    array: array && { itemsPerTask: array.itemsPerTask, maxConcurrent: array.maxConcurrent },
  };
  return JSON.parse(JSON.stringify(placing)) as Json;
}

/** Fields of the two jobs that differ, `environment.SEED`; records are looked into, one level. */
export function differingFields(first: Json, second: Json, prefix = ''): readonly string[] {
  const a = (first ?? {}) as Readonly<Record<string, Json>>;
  const b = (second ?? {}) as Readonly<Record<string, Json>>;
  const fields: string[] = [];
  for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const [left, right] = [a[name] ?? null, b[name] ?? null];
    if (canonicalJson(left) === canonicalJson(right)) continue;
    const nested = prefix === '' && isRecord(left) && isRecord(right);
    if (nested) fields.push(...differingFields(left, right, `${name}.`));
    else fields.push(`${prefix}${name === 'array' ? 'items' : name}`);
  }
  return fields
    .map((field) => (field.startsWith('array.') ? 'items' : field))
    .filter((field, at, all) => all.indexOf(field) === at);
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
