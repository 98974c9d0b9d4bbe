import type { TaskRange } from '@scijob/core/adapter';
import { countTasks, indexAt, positionOf } from '../task-ranges.ts';

const WAITS = 0;
const TAKEN = 1;
const ENDED = 2;

/**
 * Which tasks of a part wait: in order, or held until somebody releases them, or until a time. One byte a task; more only
 * for those that were put back, released or are to be tried again.
 */
export class TaskQueue {
  readonly total: number;
  readonly #ranges: readonly TaskRange[];
  readonly #states: Uint8Array;
  /** Taken before, but not started: these come first. */
  #again: number[] = [];
  /** Released, or to be tried again now. */
  #due: number[] = [];
  /** To be tried again at a time. */
  readonly #delayed = new Map<number, number>();
  #next = 0;
  #waits: number;
  #endedCount = 0;
  #isHeld = false;

  constructor(ranges: readonly TaskRange[]) {
    this.#ranges = ranges;
    this.total = countTasks(ranges);
    this.#states = new Uint8Array(this.total);
    this.#waits = this.total;
  }

  get isEnded(): boolean {
    return this.#endedCount === this.total;
  }

  /** Whether one may be started now. */
  get hasReady(): boolean {
    if (this.#again.length > 0 || this.#due.length > 0) return true;
    this.#skip();
    return !this.#isHeld && this.#next < this.total;
  }

  /** How many wait for more than their turn. */
  get heldCount(): number {
    return (this.#isHeld ? this.#waits : 0) + this.#delayed.size;
  }

  get hasDelayed(): boolean {
    return this.#delayed.size > 0;
  }

  /** So many, in order, have been started or will never be. */
  get begun(): number {
    this.#skip();
    let begun = this.#next;
    for (const index of this.#again) begun = Math.min(begun, positionOf(this.#ranges, index) ?? 0);
    return begun;
  }

  /** None starts by itself from now on: each is to be released. */
  hold(): void {
    this.#isHeld = true;
  }

  releaseAll(): void {
    this.#isHeld = false;
  }

  /** False for one that does not wait any more. */
  release(index: number): boolean {
    if (!this.take(index)) return false;
    this.#due.push(index);
    return true;
  }

  /** Takes the next that may start. */
  takeNext(): number | undefined {
    const first = this.#again.shift() ?? this.#due.shift();
    return first ?? (this.#isHeld ? undefined : this.#takeInOrder());
  }

  /** Takes any that waits for whatever. */
  takeAny(): number | undefined {
    const first = this.#again.shift() ?? this.#due.shift();
    if (first !== undefined) return first;
    for (const index of this.#delayed.keys()) {
      this.#delayed.delete(index);
      return index;
    }
    return this.#takeInOrder();
  }

  /** The next in order, if it is as wanted. */
  takeIf(wanted: (index: number) => boolean): number | undefined {
    this.#skip();
    const index = indexAt(this.#ranges, this.#next);
    return index !== undefined && wanted(index) ? this.#takeInOrder() : undefined;
  }

  /** Takes one by its index; false when it was taken before, or has ended. */
  take(index: number): boolean {
    const position = positionOf(this.#ranges, index);
    if (position === undefined || this.#states[position] !== WAITS) return false;
    this.#set(position, TAKEN);
    return true;
  }

  /** Whether it is one of this part's. */
  holds(index: number): boolean {
    return positionOf(this.#ranges, index) !== undefined;
  }

  /** Whether it waits and was never taken. */
  isUntouched(index: number): boolean {
    const position = positionOf(this.#ranges, index);
    return position !== undefined && this.#states[position] === WAITS;
  }

  *untouched(): Generator<number> {
    for (let position = 0; position < this.total; position += 1) {
      const index = this.#states[position] === WAITS ? indexAt(this.#ranges, position) : undefined;
      if (index !== undefined) yield index;
    }
  }

  /** One that was taken and could not be started after all. */
  putBack(index: number): void {
    this.#again.push(index);
  }

  /** One that was taken is to start again, at a time. */
  delay(index: number, untilMs: number): void {
    this.#delayed.set(index, untilMs);
  }

  /** Lets those start whose time has come; says whether there were any. */
  releaseDue(nowMs: number): boolean {
    let isAny = false;
    for (const [index, untilMs] of this.#delayed) {
      if (untilMs > nowMs) continue;
      this.#delayed.delete(index);
      this.#due.push(index);
      isAny = true;
    }
    return isAny;
  }

  /** Takes one out, wherever it waits. */
  withdraw(index: number): void {
    this.take(index);
    this.#again = this.#again.filter((other) => other !== index);
    this.#due = this.#due.filter((other) => other !== index);
    this.#delayed.delete(index);
  }

  /** The first of those that wait behind what has begun: to be tried again, or released out of their order. */
  waitingAgain(most: number): readonly number[] {
    const indices: number[] = this.#due.slice(0, most);
    for (const index of this.#delayed.keys()) {
      if (indices.length >= most) break;
      indices.push(index);
    }
    return indices;
  }

  hasEnded(index: number): boolean {
    const position = positionOf(this.#ranges, index);
    return position !== undefined && this.#states[position] === ENDED;
  }

  /** False for one that is not of this part, or has ended before. */
  end(index: number): boolean {
    const position = positionOf(this.#ranges, index);
    if (position === undefined || this.#states[position] === ENDED) return false;
    this.#set(position, ENDED);
    this.#endedCount += 1;
    return true;
  }

  #takeInOrder(): number | undefined {
    this.#skip();
    const index = indexAt(this.#ranges, this.#next);
    if (index !== undefined) this.#set(this.#next, TAKEN);
    return index;
  }

  #skip(): void {
    while (this.#next < this.total && this.#states[this.#next] !== WAITS) this.#next += 1;
  }

  #set(position: number, state: typeof TAKEN | typeof ENDED): void {
    if (this.#states[position] === WAITS) this.#waits -= 1;
    this.#states[position] = state;
  }
}
