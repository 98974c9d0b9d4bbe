import { type EndLine, toEndLine } from '../end-line.ts';
import { toUnmetEnd } from '../part-dependency.ts';
import type { PartPaths } from '../part-paths.ts';
import { DependencyGate } from './dependency-gate.ts';
import type { PartRun } from './part-run.ts';

export interface HeldPartsOptions {
  readonly toPaths: (token: string) => PartPaths;
  /** Whether this runner tells what happens to a part; others are looked at. */
  readonly isOurs: (token: string) => boolean;
  readonly onReleased: (part: PartRun) => void;
  readonly onEnded: (part: PartRun, line: EndLine) => void;
  /** A part is waited for that nobody here looks after: it may be ours. */
  readonly onForgotten: (token: string) => void;
  /** What it waits for cannot be read now; it is looked at again. */
  readonly onUnreadable: (part: PartRun, cause: unknown) => void;
}

/** Others' parts are looked at this often. */
const LOOK_MS = 1_000;

/** The parts that wait for others, by what they wait for. */
export class HeldParts {
  readonly #options: HeldPartsOptions;
  readonly #gates = new Map<string, DependencyGate>();
  readonly #byParent = new Map<string, Set<DependencyGate>>();
  readonly #unreadable = new Set<DependencyGate>();
  #lookedMs = Number.NEGATIVE_INFINITY;

  constructor(options: HeldPartsOptions) {
    this.#options = options;
  }

  /** Begins to watch what a part waits for, if anything; what has ended already is seen at once. */
  add(part: PartRun, nowMs: number): void {
    if (!part.record.after) return;
    const gate = new DependencyGate(part, this.#options.toPaths, {
      onReleased: this.#options.onReleased,
      onUnmet: (held, index, dependency, { type, why }) => {
        const attempt = `${held.record.key.submission}.0` as const;
        const end = { attempt, at: new Date(), ...toUnmetEnd(dependency, type, why) };
        this.#options.onEnded(held, toEndLine(index, end, {}));
      },
    });
    this.#gates.set(part.token, gate);
    for (const { token } of part.record.after) {
      const gates = this.#byParent.get(token) ?? new Set();
      this.#byParent.set(token, gates.add(gate));
    }
    this.#evaluate(gate, nowMs);
  }

  remove(part: PartRun): void {
    const gate = this.#gates.get(part.token);
    if (!gate) return;
    this.#gates.delete(part.token);
    this.#unreadable.delete(gate);
    for (const { token } of part.record.after ?? []) {
      const gates = this.#byParent.get(token);
      gates?.delete(gate);
      if (gates?.size === 0) this.#byParent.delete(token);
    }
  }

  /** A part of ours has ended, or some tasks of it have: written down by now. */
  changed(parent: PartRun, isEnded: boolean, nowMs: number): void {
    for (const gate of this.#byParent.get(parent.token) ?? []) {
      if (isEnded || gate.waitsForTasks) this.#evaluate(gate, nowMs);
    }
  }

  /** Looks at the parts of which nobody tells us. */
  look(nowMs: number): void {
    if (nowMs - this.#lookedMs < LOOK_MS) return;
    this.#lookedMs = nowMs;
    for (const gate of [...this.#unreadable]) this.#evaluate(gate, nowMs);
    for (const [token, gates] of this.#byParent) {
      if (this.#options.isOurs(token)) continue;
      for (const gate of gates) this.#evaluate(gate, nowMs);
      if (this.#byParent.has(token)) this.#options.onForgotten(token);
    }
  }

  #evaluate(gate: DependencyGate, nowMs: number): void {
    try {
      this.#unreadable.delete(gate);
      if (gate.evaluate(nowMs)) this.remove(gate.part);
    } catch (error) {
      this.#options.onUnreadable(gate.part, error);
      this.#unreadable.add(gate);
    }
  }
}
