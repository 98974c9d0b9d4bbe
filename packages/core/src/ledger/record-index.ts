/** One record as the index knows it: enough to find it again, and to sort jobs by age. */
export interface IndexEntry {
  readonly hash: number;
  readonly segment: number;
  readonly n: number;
  readonly offset: number;
  readonly length: number;
  readonly isIntent: boolean;
  /** Milliseconds since 1970, as the writer's clock said. */
  readonly atMs: number;
}

/**
 * Which records speak of which key, in about 50 bytes a record whatever the keys: columns of numbers, found by a hash. Two keys
 * may share a hash; whoever reads the record sees which key it is.
 */
export class RecordIndex {
  #size = 0;
  #capacity = 1_024;
  #hashes = new Float64Array(1_024);
  #segments = new Uint32Array(1_024);
  #numbers = new Uint32Array(1_024);
  #offsets = new Float64Array(1_024);
  #lengths = new Uint32Array(1_024);
  #times = new Float64Array(1_024);
  #intents = new Uint8Array(1_024);
  /** First entry of each chain, and the next of each entry; both + 1, so that 0 is none. */
  #chains = new Uint32Array(1_024);
  #next = new Uint32Array(1_024);

  get size(): number {
    return this.#size;
  }

  add(entry: IndexEntry): void {
    if (this.#size === this.#capacity) this.#grow();
    const at = this.#size;
    this.#size += 1;
    this.#hashes[at] = entry.hash;
    this.#segments[at] = entry.segment;
    this.#numbers[at] = entry.n;
    this.#offsets[at] = entry.offset;
    this.#lengths[at] = entry.length;
    this.#times[at] = entry.atMs;
    this.#intents[at] = entry.isIntent ? 1 : 0;
    this.#chain(at);
  }

  /** Entries whose key may be the one with this hash. */
  find(hash: number): readonly IndexEntry[] {
    const found: IndexEntry[] = [];
    for (let next = this.#chains[this.#chainOf(hash)] ?? 0; next !== 0; next = this.#next[next - 1] ?? 0) {
      if (this.#hashes[next - 1] === hash) found.push(this.#entry(next - 1));
    }
    // Oldest first: what stands together is then read together.
    return found.reverse();
  }

  /** All intents, by time and then by where they stand. */
  *intents(sinceMs = Number.NEGATIVE_INFINITY): Generator<IndexEntry> {
    const found: number[] = [];
    for (let at = 0; at < this.#size; at += 1) {
      if (this.#intents[at] === 1 && (this.#times[at] ?? 0) >= sinceMs) found.push(at);
    }
    const order = Uint32Array.from(found).sort(
      (a, b) =>
        (this.#times[a] ?? 0) - (this.#times[b] ?? 0) ||
        (this.#segments[a] ?? 0) - (this.#segments[b] ?? 0) ||
        (this.#offsets[a] ?? 0) - (this.#offsets[b] ?? 0),
    );
    for (const at of order) yield this.#entry(at);
  }

  /** All entries of one segment, in the order they were added. */
  *inSegment(segment: number): Generator<IndexEntry> {
    for (let at = 0; at < this.#size; at += 1) if (this.#segments[at] === segment) yield this.#entry(at);
  }

  #entry(at: number): IndexEntry {
    return {
      hash: this.#hashes[at] ?? 0,
      segment: this.#segments[at] ?? 0,
      n: this.#numbers[at] ?? 0,
      offset: this.#offsets[at] ?? 0,
      length: this.#lengths[at] ?? 0,
      isIntent: this.#intents[at] === 1,
      atMs: this.#times[at] ?? 0,
    };
  }

  #chain(at: number): void {
    const chain = this.#chainOf(this.#hashes[at] ?? 0);
    this.#next[at] = this.#chains[chain] ?? 0;
    this.#chains[chain] = at + 1;
  }

  #chainOf(hash: number): number {
    // The capacity is a power of two; `>>> 0` takes the lower 32 bits.
    return (hash >>> 0) & (this.#capacity - 1);
  }

  #grow(): void {
    this.#capacity *= 2;
    this.#hashes = enlarged(this.#hashes, new Float64Array(this.#capacity));
    this.#segments = enlarged(this.#segments, new Uint32Array(this.#capacity));
    this.#numbers = enlarged(this.#numbers, new Uint32Array(this.#capacity));
    this.#offsets = enlarged(this.#offsets, new Float64Array(this.#capacity));
    this.#lengths = enlarged(this.#lengths, new Uint32Array(this.#capacity));
    this.#times = enlarged(this.#times, new Float64Array(this.#capacity));
    this.#intents = enlarged(this.#intents, new Uint8Array(this.#capacity));
    this.#next = new Uint32Array(this.#capacity);
    this.#chains = new Uint32Array(this.#capacity);
    for (let at = 0; at < this.#size; at += 1) this.#chain(at);
  }
}

/** 53 bits of a key's JSON text, spread evenly; for finding, not for proving. */
export function keyHash(text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 2_654_435_761);
    low = Math.imul(low ^ code, 1_597_334_677);
  }
  high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
  low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
  return 4_294_967_296 * (2_097_151 & low) + (high >>> 0);
}

function enlarged<T extends Float64Array | Uint32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
