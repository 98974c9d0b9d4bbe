import type { LabObject, LabPart, LabRow, LabState } from './lab-wire.fixture.ts';

/** One native object of the backend. */
export class NativeObject {
  readonly nativeId: string;
  readonly part: LabPart;
  readonly states = new Map<number, LabState>();
  /** Ended tasks in the order they ended. */
  readonly ended: LabRow[] = [];

  constructor(nativeId: string, part: LabPart) {
    this.nativeId = nativeId;
    this.part = part;
    for (const index of part.tasks) this.states.set(index, 'queued');
  }

  get isOver(): boolean {
    return this.ended.length === this.states.size;
  }

  isLive(index: number): boolean {
    const state = this.states.get(index);
    return state === 'queued' || state === 'running';
  }

  end(index: number, state: 'succeeded' | 'failed' | 'cancelled' | 'refused'): void {
    this.states.set(index, state);
    this.ended.push({ index, state });
  }

  shown(): LabObject {
    const counts: { [State in LabState]?: number } = {};
    for (const state of this.states.values()) counts[state] = (counts[state] ?? 0) + 1;
    return { nativeId: this.nativeId, state: this.#state(counts), counts };
  }

  #state(counts: { readonly [State in LabState]?: number }): LabState {
    const order = ['running', 'queued', 'refused', 'failed', 'cancelled', 'succeeded'] as const;
    return order.find((state) => (counts[state] ?? 0) > 0) ?? 'succeeded';
  }
}
