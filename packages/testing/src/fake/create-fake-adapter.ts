import { type CallContext, type JobAdapter, type JobKind, outputMatcher, type Part } from '@scijob/core/adapter';
import { listArtifacts, openArtifact } from './artifacts.ts';
import { cancelJob } from './cancel-job.ts';
import { explainJob } from './explain-job.ts';
import { createFakeBackend, type FakeBackend, stateOf } from './fake-backend.ts';
import type { FakeBackendOptions } from './fake-options.ts';
import { findParts } from './find-parts.ts';
import { listChildren } from './list-children.ts';
import { observeObject } from './observe-object.ts';
import { planJob } from './plan-job.ts';
import { readLogs } from './read-logs.ts';
import { requireFakeOptions } from './require-fake-options.ts';
import type { SubmittedTask } from './scripted.ts';
import { prepareParts, submitParts } from './submit-part.ts';

export interface FakeAdapterOptions extends FakeBackendOptions {
  /** @default 'fake' */
  readonly id?: string;
}

/** An adapter on a backend that others use, too. What the backend does is said where it is made. */
export interface SharedFakeOptions {
  /** @default 'fake' */
  readonly id?: string;
  readonly backend: FakeBackend;
}

/** Stands wherever an adapter is asked for, and remembers what it was given. */
// biome-ignore lint/suspicious/noExplicitAny: it takes any adapter's own options, so that it can stand for it.
export interface FakeAdapter extends JobAdapter<JobKind, any> {
  /** One entry per task, its item applied, in the order they were submitted through this adapter. */
  readonly submitted: readonly SubmittedTask[];
  /** The parts as they were submitted: one per job or array shard. */
  readonly submittedParts: readonly Part[];
  /** Its backend: the record of what really ran, and the means to move it by hand. */
  readonly backend: FakeBackend;
}

/**
 * Makes an adapter that runs nothing and behaves as if: tasks wait, run, print, leave files and end as the options say, on
 * the client's clock. By default every job succeeds at the next look, and leaves what it declares.
 *
 * @example
 * const hpc = createFakeAdapter({ ends: (job) => (job.command?.includes('bad') ? 'out-of-memory' : 'succeeded') });
 * const client = createClient({ adapters: { hpc }, ledger: 'memory' });
 */
export function createFakeAdapter(options: FakeAdapterOptions | SharedFakeOptions = {}): FakeAdapter {
  requireFakeOptions(options);
  const { id = 'fake' } = options;
  const backend = 'backend' in options ? options.backend : createFakeBackend(options);
  const state = stateOf(backend);
  // Loads what matches patterns, so that no call needs real time for it.
  void outputMatcher({ type: 'files', path: '*' });
  const submitted: SubmittedTask[] = [];
  const submittedParts: Part[] = [];
  const remember = (
    part: Part,
    { tasks }: { readonly tasks: ReadonlyMap<number, { readonly job: SubmittedTask }> },
  ) => {
    submittedParts.push(part);
    for (const { job } of tasks.values()) submitted.push(job);
  };
  const enter = (api: string, context: CallContext) => state.enter(api, context);
  return {
    specificationVersion: 'v1',
    id,
    capabilities: state.capabilities,
    submitted,
    submittedParts,
    backend,
    async target(context) {
      await enter('target', context);
      return state.target;
    },
    async plan(job, context) {
      await enter('plan', context);
      return planJob(state, job);
    },
    prepare: (parts, context) => prepareParts(state, parts, context),
    submit: (parts, context) => submitParts(state, parts, context, remember),
    find: (keys, context) => findParts(state, keys, context),
    async observe(targets, context) {
      await enter('observe', context);
      const seen = targets.flatMap(({ ref }) => {
        const object = state.find(ref);
        return object ? [observeObject(state, object, ref)] : [];
      });
      return { covered: targets.map(({ ref }) => ref), seen };
    },
    async listChildren(ref, query, context) {
      await enter('listChildren', context);
      return listChildren(state, state.find(ref), ref, query);
    },
    async cancel(targets, reason, context) {
      const nowMs = await enter('cancel', context);
      return targets.map((target) => cancelJob(state, target, reason, nowMs));
    },
    async readLogs(ref, query, context) {
      await enter('readLogs', context);
      return readLogs(state, state.require(ref), ref, query);
    },
    async listArtifacts(ref, query, context) {
      await enter('listArtifacts', context);
      return listArtifacts(state, state.require(ref), ref, query);
    },
    async openArtifact(ref, artifact, range, context) {
      await enter('openArtifact', context);
      return openArtifact(state, state.require(ref), ref, artifact, range);
    },
    async explain(ref, context) {
      const nowMs = await enter('explain', context);
      return explainJob(state, ref, nowMs);
    },
    async close() {},
  };
}
