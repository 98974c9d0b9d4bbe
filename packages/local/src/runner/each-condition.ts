import type { FinalState } from '@scijob/core/adapter';
import { judgeEnd, type PartDependency } from '../part-dependency.ts';
import type { PartPaths } from '../part-paths.ts';
import { readEnds } from './ends-file.ts';
import { lookAtParent } from './look-at-parent.ts';

const WAITING = 0;
const MET = 1;
const UNMET = 2;
/** A part that is not there is looked for once more after this. */
const SECOND_LOOK_MS = 2_000;

/** An array whose tasks have to succeed, each before the task of the same index starts. One byte a task. */
export class EachCondition {
  readonly dependency: PartDependency;
  readonly #paths: PartPaths;
  readonly #states: Uint8Array;
  #offset = 0;
  #goneSinceMs: number | undefined;
  #rest: string | undefined;

  /** `count` is that of the whole array. */
  constructor(dependency: PartDependency, paths: PartPaths, count: number) {
    this.dependency = dependency;
    this.#paths = paths;
    this.#states = new Uint8Array(count);
  }

  isMet(index: number): boolean {
    return this.#states[index] === MET;
  }

  /** Why a task will never run; goes on a sentence that names the job. */
  whyUnmet(index: number): string | undefined {
    if (this.#states[index] === UNMET) return ': its task of the same index did not succeed';
    return this.#states[index] === WAITING ? this.#rest : undefined;
  }

  /** Hands out the tasks of which something is known that was not before; says whether all is known now. */
  look(nowMs: number, changed: (index: number) => void): boolean {
    if (this.#rest !== undefined) return true;
    // Asked before reading: what is read after the end is all there is.
    const parent = lookAtParent(this.#paths, this.dependency);
    if (parent.type === 'gone') {
      this.#goneSinceMs ??= nowMs;
      if (nowMs - this.#goneSinceMs < SECOND_LOOK_MS) return false;
      this.#rest = parent.why;
      return true;
    }
    this.#goneSinceMs = undefined;
    this.#offset = readEnds(this.#paths.ends, ({ index, state }) => this.#take(index, state, changed), this.#offset);
    if (parent.type === 'ended') this.#rest = ', which has no task of the same index';
    return parent.type === 'ended';
  }

  #take(index: number, state: FinalState, changed: (index: number) => void): void {
    if (this.#states[index] !== WAITING) return;
    this.#states[index] = judgeEnd(this.dependency.condition, state) === 'met' ? MET : UNMET;
    changed(index);
  }
}
