import {
  type ChildObservation,
  defineAdapter,
  type JobAdapter,
  type JobRef,
  type JobStatus,
  type Part,
  type TaskRange,
} from '@scijob/core/adapter';
import type { LabObject, LabPart, LabPlan, LabRow, LabState } from './lab-wire.fixture.ts';

/** The adapter of the laboratory: knows nothing but the address of its backend. */
export function labAdapter(url: string): JobAdapter<'command'> {
  const ask = async <T>(path: string, body: unknown, signal: AbortSignal): Promise<T> => {
    const response = await fetch(`${url}/${path}`, { method: 'POST', body: JSON.stringify(body), signal });
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()) as T;
  };
  return defineAdapter<'command'>({
    id: 'lab',
    capabilities: {
      kinds: { command: true },
      submitOnce: 'guard',
      visibleAfterSeconds: 0,
      forgottenAfterSeconds: 1e9,
      arrays: { maxCount: 6, maxConcurrent: 'owner' },
      dependencies: { afterok: 'owner', afterany: 'owner', afternotok: 'owner', aftercorr: 'owner' },
      retries: { 'exit-nonzero': 'owner' },
      cancel: 'immediate',
      cadence: { fastestMs: 40, slowestMs: 400 },
    },
    target: async () => ({ adapter: 'lab', id: 'lab', describe: { place: 'next door' } }),
    submit: async (parts, { signal }) => {
      const nativeIds = await ask<readonly string[]>('submit', parts.map(toLabPart), signal);
      return nativeIds.map((nativeId) => ({ type: 'accepted', nativeId }));
    },
    find: async (keys, { signal }) => {
      const tokens = keys.map(({ token }) => token);
      const found = await ask<readonly (string | null)[]>('find', tokens, signal);
      return found.map((nativeId, index) =>
        nativeId === null ? { type: 'absent', evidence: { fenced: tokens[index] ?? '' } } : { type: 'found', nativeId },
      );
    },
    observe: async (targets, { signal }) => {
      const seen = await ask<readonly LabObject[]>(
        'observe',
        targets.map(({ ref }) => nativeIdOf(ref)),
        signal,
      );
      const objects = new Map(seen.map((object) => [object.nativeId, object]));
      return {
        covered: targets.map(({ ref }) => ref),
        seen: targets.flatMap(({ ref }) => {
          const object = objects.get(nativeIdOf(ref));
          if (!object) return [];
          const { counts } = object;
          const { refused = 0, failed = 0, ...others } = counts;
          const status = toStatus(object.state, ref);
          const shown = ref.count === undefined ? {} : { counts: { ...others, failed: failed + refused } };
          return [{ ref, status, evidence: { state: object.state, counts: { ...counts } }, ...shown }];
        }),
      };
    },
    listChildren: async (ref, { index, cursor, states }, { signal }) => {
      const { rows, live, isOver } = await ask<{
        readonly rows: readonly LabRow[];
        readonly live: readonly LabRow[];
        readonly isOver: boolean;
      }>('children', { nativeId: nativeIdOf(ref) }, signal);
      const toChild = (row: LabRow): ChildObservation => ({ child: row.index, status: toStatus(row.state, ref) });
      if (index !== undefined) {
        return { items: [...rows, ...live].filter((row) => row.index === index).map(toChild), end: true };
      }
      const page = rows.slice(Number(cursor ?? 0)).map(toChild);
      return {
        items: states ? page.filter(({ status }) => states.includes(status.state)) : page,
        cursor: String(rows.length),
        end: isOver,
      };
    },
    cancel: async (targets, _reason, { signal }) => {
      const nativeIds = targets.map(({ ref }) => nativeIdOf(ref));
      const requested = await ask<readonly boolean[]>('cancel', nativeIds, signal);
      return requested.map((isLive) => ({ type: isLive ? 'requested' : 'already-ended' }));
    },
  });
}

function toLabPart({ key, job, tasks }: Part): LabPart {
  return {
    ...key,
    tasks: tasks ? tasks.flatMap(eachIndex) : [0],
    plan: JSON.parse(job.environment['PLAN'] ?? '{}') as LabPlan,
  };
}

function eachIndex([from, to]: TaskRange): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, offset) => from + offset);
}

function nativeIdOf({ submissions }: JobRef): string {
  return submissions.at(-1)?.parts[0]?.nativeId ?? '';
}

function toStatus(state: LabState, { submissions }: JobRef): JobStatus {
  const base = { attempt: `${submissions.at(-1)?.number ?? 1}.0`, at: new Date(), raw: state.toUpperCase() } as const;
  switch (state) {
    case 'queued':
    case 'running':
      return { ...base, state };
    case 'succeeded':
      return { ...base, state, exitCode: 0 };
    case 'failed':
      return { ...base, state, reason: 'exit-nonzero', exitCode: 1, message: 'The command ended with exit code 1.' };
    case 'cancelled':
      return { ...base, state, reason: 'cancelled-by-user', message: 'Somebody cancelled it.' };
    case 'refused':
      return { ...base, state: 'failed', reason: 'misconfigured', message: 'Its token was claimed before.' };
  }
}
