import { existsSync } from 'node:fs';
import type { PartDependency } from '../part-dependency.ts';
import type { PartPaths } from '../part-paths.ts';
import { EachCondition } from './each-condition.ts';
import type { PartRun } from './part-run.ts';
import { type ConditionState, WholeCondition } from './whole-condition.ts';

export interface GateEvents {
  /** Some of its tasks may start now. */
  readonly onReleased: (part: PartRun) => void;
  /** A task that waits will never run. */
  readonly onUnmet: (part: PartRun, index: number, dependency: PartDependency, why: UnmetState) => void;
}

type UnmetState = Extract<ConditionState, { readonly why: string }>;

/** Keeps the tasks of one part from starting until what they wait for has ended, and ends those that wait in vain. */
export class DependencyGate {
  readonly part: PartRun;
  readonly #whole: readonly WholeCondition[];
  readonly #each: readonly EachCondition[];
  readonly #events: GateEvents;
  /** The jobs it waits for as a whole are there, or were: they may be removed by now. */
  #isOpen: boolean;
  #isNew = true;

  constructor(part: PartRun, toPaths: (token: string) => PartPaths, events: GateEvents) {
    const after = part.record.after ?? [];
    const count = part.record.job.array?.count ?? 1;
    this.part = part;
    this.#events = events;
    this.#isOpen = existsSync(part.paths.released);
    this.#whole = after
      .filter(({ condition }) => condition !== 'aftercorr')
      .map((one) => new WholeCondition(one, toPaths(one.token)));
    this.#each = after
      .filter(({ condition }) => condition === 'aftercorr')
      .map((one) => new EachCondition(one, toPaths(one.token), count));
  }

  /** Whether it waits for tasks of others as they end. */
  get waitsForTasks(): boolean {
    return this.#each.length > 0 || this.#whole.some(({ dependency }) => dependency.child !== undefined);
  }

  /** Looks at what it waits for. True once there is nothing left to wait for. */
  evaluate(nowMs: number): boolean {
    const { queue } = this.part;
    if (!this.#isOpen && !this.#openWhole(nowMs)) return queue.isEnded;
    const changed: number[] = [];
    const hasAll = this.#each.map((one) => one.look(nowMs, (index) => changed.push(index))).every(Boolean);
    if (this.#each.length > 0) {
      // The first time, and once all is known, every task that waits is looked at.
      for (const index of hasAll || this.#isNew ? queue.untouched() : changed) this.#decide(index);
    }
    this.#isNew = false;
    if (queue.hasReady) this.#events.onReleased(this.part);
    return hasAll;
  }

  /** False while it waits for whole jobs, or in vain. */
  #openWhole(nowMs: number): boolean {
    let isOpen = true;
    for (const one of this.#whole) {
      const state = one.look(nowMs);
      isOpen &&= state.type === 'met';
      if (!('why' in state)) continue;
      for (const index of this.part.queue.untouched()) this.#events.onUnmet(this.part, index, one.dependency, state);
      return false;
    }
    if (!isOpen) return false;
    if (this.#whole.length > 0) this.part.markReleased();
    this.#isOpen = true;
    if (this.#each.length === 0) this.part.queue.releaseAll();
    return true;
  }

  #decide(index: number): void {
    const { queue } = this.part;
    if (!queue.isUntouched(index)) return;
    for (const one of this.#each) {
      const why = one.whyUnmet(index);
      if (why === undefined) continue;
      this.#events.onUnmet(this.part, index, one.dependency, { type: 'unmet', why });
      return;
    }
    if (this.#each.every((one) => one.isMet(index))) queue.release(index);
  }
}
