import { type DependencyVerdict, judgeEnd, type PartDependency } from '../part-dependency.ts';
import { type PartEnd, toPartState } from '../part-end.ts';
import type { PartPaths } from '../part-paths.ts';
import { readEnds } from './ends-file.ts';
import { lookAtParent } from './look-at-parent.ts';

export type ConditionState =
  | { readonly type: 'waiting' | 'met' }
  /** It will never be met. `why` goes on a sentence that names the job. */
  | { readonly type: 'unmet' | 'not-needed'; readonly why: string };

const WAITING: ConditionState = { type: 'waiting' };
const MET: ConditionState = { type: 'met' };
/** A part that is not there is looked for once more after this. */
const SECOND_LOOK_MS = 2_000;

/** A job, or one task of it, that has to end before others start. */
export class WholeCondition {
  readonly dependency: PartDependency;
  readonly #paths: PartPaths;
  #goneSinceMs: number | undefined;
  #state: ConditionState = WAITING;

  constructor(dependency: PartDependency, paths: PartPaths) {
    this.dependency = dependency;
    this.#paths = paths;
  }

  look(nowMs: number): ConditionState {
    if (this.#state.type === 'waiting') this.#state = this.#find(nowMs);
    return this.#state;
  }

  #find(nowMs: number): ConditionState {
    const { child, condition } = this.dependency;
    const parent = lookAtParent(this.#paths, this.dependency);
    if (parent.type === 'gone') {
      this.#goneSinceMs ??= nowMs;
      return nowMs - this.#goneSinceMs < SECOND_LOOK_MS ? WAITING : { type: 'unmet', why: parent.why };
    }
    this.#goneSinceMs = undefined;
    const end = child === undefined ? (parent.type === 'ended' ? parent.end : undefined) : this.#findChild(child);
    if (end) return toState(judgeEnd(condition, toPartState(end)), end);
    return parent.type === 'live' ? WAITING : { type: 'unmet', why: `, which has no task ${child}` };
  }

  #findChild(child: number): PartEnd | undefined {
    let end: PartEnd | undefined;
    readEnds(this.#paths.ends, ({ index, state, reason = 'unknown', message = '' }) => {
      if (index === child) end ??= { counts: { [state]: 1 }, first: { index, reason, message } };
    });
    return end;
  }
}

function toState(verdict: DependencyVerdict, end: PartEnd): ConditionState {
  if (verdict === 'met') return MET;
  const said = end.first && verdict === 'unmet' ? ` (${end.first.reason}: ${end.first.message})` : '';
  return { type: verdict, why: `, which is ${toPartState(end)}${said}` };
}
