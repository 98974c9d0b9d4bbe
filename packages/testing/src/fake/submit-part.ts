import type { CallContext, Part, PrepareOutcome, SubmitOutcome } from '@scijob/core/adapter';
import { type BackendState, declaredOutputs } from './backend-state.ts';
import { findRefusal } from './find-refusal.ts';
import type { NativeObject } from './native-object.ts';
import { readTasks } from './read-tasks.ts';

/** Reads the items of a part. May be repeated: nothing that runs is made. */
export async function prepareParts(
  state: BackendState,
  parts: readonly Part[],
  context: CallContext,
): Promise<readonly PrepareOutcome[]> {
  await state.enter('prepare', context);
  return Promise.all(
    parts.map(async (part): Promise<PrepareOutcome> => {
      const refusal = refusalOf(state, part);
      if (refusal) return { type: 'refused', error: refusal };
      if (part.job.array) state.prepared.set(part.key.token, await readTasks(part));
      return { type: 'prepared' };
    }),
  );
}

/** Makes a native object for each part, or, where the backend knows tokens, gives back the one there is. */
export async function submitParts(
  state: BackendState,
  parts: readonly Part[],
  context: CallContext,
  onCreated: (part: Part, object: NativeObject) => void,
): Promise<readonly SubmitOutcome[]> {
  await state.enter('submit', context);
  const ready = await Promise.all(
    parts.map(async (part) => ({
      part,
      tasks: state.prepared.get(part.key.token) ?? (await readTasks(part)),
      declared: await declaredOutputs(part),
    })),
  );
  context.signal.throwIfAborted();
  return ready.map(({ part, tasks, declared }): SubmitOutcome => {
    const refusal = refusalOf(state, part);
    if (refusal) return { type: 'refused', error: refusal };
    state.prepared.delete(part.key.token);
    const [known] = state.byToken.get(part.key.token) ?? [];
    if (known && state.capabilities.submitOnce === 'token') return { type: 'accepted', nativeId: known.nativeId };
    const object = state.create(part, tasks, declared);
    onCreated(part, object);
    return { type: 'accepted', nativeId: object.nativeId };
  });
}

function refusalOf(state: BackendState, part: Part) {
  const { job, after, tasks } = part;
  const count = tasks?.reduce((sum, [from, to]) => sum + to - from + 1, 0) ?? job.array?.count ?? 1;
  const refusal = findRefusal(job, count, state.capabilities);
  if (refusal) return refusal;
  for (const { ref, condition } of after) {
    const message =
      state.capabilities.dependencies[condition] === 'native'
        ? state.find(ref) === undefined && `The fake backend has no job ${JSON.stringify(ref.key)} to run ${condition}.`
        : `The fake adapter cannot honour \`after\` (${condition}). Await the first job, then submit the second.`;
    if (message) return { code: 'UNSUPPORTED', message, retryable: false };
  }
  return undefined;
}
