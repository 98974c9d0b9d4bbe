import type { CallContext, Clock, JobRef, Part, PartKey, ResolvedJob } from '@scijob/core/adapter';
import type { FakeAdapter } from './create-fake-adapter.ts';

const nothing = () => {};

/** What core hands to each call. */
export function callContext(clock: Clock, signal: AbortSignal = new AbortController().signal): CallContext {
  return {
    signal,
    deadline: clock.monotonicMs() + 120_000,
    logger: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    clock,
    budget: { take: async () => {}, throttled: nothing },
    pause: (ms) => clock.sleep(ms, signal),
  };
}

export function partKey(key: string, submission = 1): PartKey {
  return { key, submission, part: 0, token: `token-of-${key}-${submission}` };
}

const SINGLE: ResolvedJob = {
  kind: 'command',
  name: 'dock',
  command: ['vina'],
  environment: {},
  secrets: {},
  inputs: {},
  outputs: {},
  resources: {},
  retry: {},
  tags: {},
};

/** A single job, or an array of `items`. */
export function partOf(
  key: string,
  {
    items,
    itemsPerTask = 1,
    maxConcurrent,
    submission = 1,
    after = [],
    ...job
  }: Partial<ResolvedJob> & {
    readonly items?: readonly object[];
    readonly itemsPerTask?: number;
    readonly maxConcurrent?: number;
    readonly submission?: number;
    readonly after?: Part['after'];
  } = {},
): Part {
  const lines = items?.map((line) => `${JSON.stringify(line)}\n`).join('');
  const array = items && {
    count: items.length,
    itemsPerTask,
    manifest: { sha256: 'of the items', open: () => new Blob([lines ?? '']).stream() },
    ...(maxConcurrent === undefined ? {} : { maxConcurrent }),
  };
  return {
    key: partKey(key, submission),
    job: { ...SINGLE, ...job, ...(array ? { array } : {}) },
    ...(items ? { tasks: [[0, items.length - 1]] as const } : {}),
    after,
  };
}

/** Numbers from zero as items. */
export function numbered(count: number): readonly object[] {
  return Array.from({ length: count }, (_, item) => ({ item }));
}

function refOf({ key, job, tasks }: Part, nativeId: string, target: JobRef['target']): JobRef {
  return {
    version: 1,
    target,
    key: key.key,
    jobHash: '',
    submissions: [{ number: key.submission, parts: [{ nativeId, ...(tasks ? { tasks } : {}) }] }],
    kind: job.kind,
    ...(job.array ? { count: job.array.count } : {}),
    places: {},
  };
}

/** Submits one part directly, past any client. */
export async function submitPart(adapter: FakeAdapter, part: Part, clock: Clock): Promise<JobRef> {
  const context = callContext(clock);
  const [outcome] = await adapter.submit([part], context);
  if (outcome?.type !== 'accepted') throw new Error(`The fake did not take it: ${JSON.stringify(outcome)}`);
  return refOf(part, outcome.nativeId, await adapter.target(context));
}

/** The status at present. */
export async function look(adapter: FakeAdapter, ref: JobRef, clock: Clock) {
  const { seen } = await adapter.observe([{ ref }], callContext(clock));
  return seen[0]?.status;
}
