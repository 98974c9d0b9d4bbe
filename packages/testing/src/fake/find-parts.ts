import type { CallContext, FindOutcome, PartKey } from '@scijob/core/adapter';
import type { BackendState } from './backend-state.ts';
import { FENCED } from './guard-claims.ts';
import type { NativeObject } from './native-object.ts';

/**
 * What became of submissions, by their tokens. A guard backend says of what it does not find that it never will be: it is
 * fenced. The others wait until whatever was accepted before must be visible, and look once more.
 */
export async function findParts(
  state: BackendState,
  keys: readonly PartKey[],
  context: CallContext,
): Promise<readonly FindOutcome[]> {
  const nowMs = await state.enter('find', context);
  if (state.capabilities.submitOnce === 'guard') return keys.map(({ token }) => findGuarded(state, token, nowMs));
  const first = keys.map(({ token }) => findListed(state, token, nowMs));
  const { visibleAfterSeconds } = state.capabilities;
  if (first.every((outcome) => outcome !== undefined)) return first;
  const waitMs = visibleAfterSeconds * 1_000;
  if (waitMs > 0 && context.clock.monotonicMs() + waitMs <= context.deadline) {
    await context.pause(waitMs);
    await state.enter('find', context);
  }
  const isSure = waitMs === 0 || context.clock.monotonicMs() >= nowMs + waitMs;
  const afterMs = state.scheduler.catchUp();
  return keys.map(({ token }, index): FindOutcome => {
    const found = first[index] ?? findListed(state, token, afterMs);
    if (found) return found;
    if (isSure) return { type: 'absent', evidence: { token, waitedSeconds: visibleAfterSeconds } };
    return unknown(`It may be there and not be visible yet, for ${visibleAfterSeconds} seconds after it was accepted.`);
  });
}

function findGuarded(state: BackendState, token: string, nowMs: number): FindOutcome {
  const objects = state.byToken.get(token) ?? [];
  const holder = state.claims.holder(token);
  if (holder === FENCED) return { type: 'absent', evidence: { token, fenced: true } };
  if (holder !== undefined) {
    const object = objects.find(({ nativeId }) => nativeId === holder);
    if (object && !isForgotten(state, object, nowMs)) return { type: 'found', nativeId: holder };
    return unknown(`${holder} has run it, and the backend no longer knows how that ended.`);
  }
  const visible = objects.find((object) => isVisible(state, object, nowMs));
  if (visible) return { type: 'found', nativeId: visible.nativeId };
  state.claims.claim(token, FENCED);
  return { type: 'absent', evidence: { token, fenced: true } };
}

/** `undefined` while there is nothing to be seen. */
function findListed(state: BackendState, token: string, nowMs: number): FindOutcome | undefined {
  const objects = state.byToken.get(token) ?? [];
  const visible = objects.find((object) => isVisible(state, object, nowMs));
  if (visible) return { type: 'found', nativeId: visible.nativeId };
  if (!objects.some((object) => isForgotten(state, object, nowMs))) return undefined;
  return unknown(
    `It is longer ago than the ${state.capabilities.forgottenAfterSeconds} seconds the backend remembers.`,
  );
}

function isVisible(state: BackendState, object: NativeObject, nowMs: number): boolean {
  const visibleMs = object.createdMs + state.capabilities.visibleAfterSeconds * 1_000;
  return visibleMs <= nowMs && !isForgotten(state, object, nowMs);
}

function isForgotten({ capabilities }: BackendState, object: NativeObject, nowMs: number): boolean {
  if (object.isPurged) return true;
  return object.endedMs !== undefined && object.endedMs + capabilities.forgottenAfterSeconds * 1_000 < nowMs;
}

function unknown(message: string): FindOutcome {
  return { type: 'unknown', cause: new Error(message) };
}
