/** A set of whole numbers below a bound: one bit each. */
export class IndexSet {
  readonly #bound: number;
  readonly #bits: Uint8Array;

  constructor(bound: number) {
    this.#bound = bound;
    this.#bits = new Uint8Array(Math.ceil(bound / 8));
  }

  /** Whether it was not there yet, and is one that can be. */
  take(index: number): boolean {
    if (!Number.isInteger(index) || index < 0 || index >= this.#bound) return false;
    const byte = index >> 3;
    const bit = 1 << (index & 7);
    const known = this.#bits[byte] ?? 0;
    if ((known & bit) !== 0) return false;
    this.#bits[byte] = known | bit;
    return true;
  }
}
