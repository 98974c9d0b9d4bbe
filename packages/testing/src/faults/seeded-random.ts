/**
 * Numbers from 0 up to 1, the same for the same words on every machine: FNV-1a and the last step of MurmurHash3 make a
 * seed of the words (of call 7 one that has nothing to do with that of call 8), mulberry32 makes the numbers. Good enough to choose faults with, and for nothing else.
 */
export function seededRandom(...words: readonly (string | number)[]): () => number {
  let state = 0x811c9dc5;
  for (const character of words.join('\0')) {
    state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  state = (state ^ (state >>> 16)) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A whole number from 0 up to `count`, not included. */
export function pick(random: () => number, count: number): number {
  return Math.floor(random() * count);
}

/** In another order, every order as likely. */
export function shuffled<T>(items: readonly T[], random: () => number): readonly T[] {
  return items
    .map((item) => ({ item, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
