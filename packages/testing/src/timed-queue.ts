export interface TimedEntry {
  readonly dueMs: number;
}

interface Slot<Entry> {
  readonly entry: Entry;
  readonly order: number;
}

/** What is due when: the earliest first, of the same time the one added first. A binary heap, so that 100,000 entries are nothing. */
export class TimedQueue<Entry extends TimedEntry> {
  #slots: Slot<Entry>[] = [];
  #added = 0;

  get size(): number {
    return this.#slots.length;
  }

  get first(): Entry | undefined {
    return this.#slots[0]?.entry;
  }

  add(entry: Entry): void {
    const slot = { entry, order: this.#added };
    this.#added += 1;
    let at = this.#slots.push(slot) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const other = this.#slots[above];
      if (other === undefined || !isBefore(slot, other)) break;
      this.#slots[at] = other;
      at = above;
    }
    this.#slots[at] = slot;
  }

  takeFirst(): Entry | undefined {
    const first = this.#slots[0];
    const last = this.#slots.pop();
    if (first === undefined || last === undefined) return undefined;
    if (first !== last) this.#sink(last);
    return first.entry;
  }

  /** Throws out what is no longer wanted. */
  keep(isWanted: (entry: Entry) => boolean): void {
    // A sorted list is a heap.
    this.#slots = this.#slots.filter(({ entry }) => isWanted(entry)).sort((a, b) => (isBefore(a, b) ? -1 : 1));
  }

  #sink(slot: Slot<Entry>): void {
    let at = 0;
    for (;;) {
      const left = this.#slots[2 * at + 1];
      if (left === undefined) break;
      const right = this.#slots[2 * at + 2];
      const isRight = right !== undefined && isBefore(right, left);
      const least = isRight ? right : left;
      if (!isBefore(least, slot)) break;
      this.#slots[at] = least;
      at = 2 * at + (isRight ? 2 : 1);
    }
    this.#slots[at] = slot;
  }
}

function isBefore(a: Slot<TimedEntry>, b: Slot<TimedEntry>): boolean {
  return a.entry.dueMs < b.entry.dueMs || (a.entry.dueMs === b.entry.dueMs && a.order < b.order);
}
