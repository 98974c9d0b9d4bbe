import type { CallContext, JobRef } from '@scijob/core/adapter';
import { createFakeAdapter, type FakeCreation } from '@scijob/testing';
import type { ModelWorld } from './model-world.ts';

const ENDED: readonly string[] = ['succeeded', 'failed', 'cancelled', 'lost'];

/** The native objects that live at the backend, asked past every client. */
export async function liveObjects(world: ModelWorld): Promise<readonly FakeCreation[]> {
  const { backend, clock } = world;
  if (backend.created.length === 0) return [];
  const adapter = createFakeAdapter({ backend });
  const nothing = () => {};
  const { signal } = new AbortController();
  const context: CallContext = {
    signal,
    deadline: clock.monotonicMs() + 1_000,
    logger: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    clock,
    budget: { take: async () => {}, throttled: nothing },
    pause: (ms) => clock.sleep(ms, signal),
  };
  const target = await adapter.target(context);
  const refOf = ({ key, nativeId, submission }: FakeCreation): JobRef => ({
    version: 1,
    target,
    key,
    jobHash: '',
    submissions: [{ number: submission, parts: [{ nativeId }] }],
    kind: 'command',
    places: {},
  });
  const { seen } = await adapter.observe(
    backend.created.map((one) => ({ ref: refOf(one) })),
    context,
  );
  const live = new Set(
    seen
      .filter(({ status }) => !ENDED.includes(status.state))
      .map(({ ref }) => ref.submissions[0]?.parts[0]?.nativeId ?? ''),
  );
  // What the backend no longer shows may run all the same.
  for (const { nativeId, endedAt } of backend.runs) if (endedAt === undefined) live.add(nativeId);
  return backend.created.filter(({ nativeId }) => live.has(nativeId));
}
