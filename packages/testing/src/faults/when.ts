/** What a fault is decided by. */
export interface Occasion {
  /** Which call of this method it is; which item, for faults that hit items. The first is 1. */
  readonly nth: number;
  /** Milliseconds on the caller's clock since the first call of any method. */
  readonly elapsedMs: number;
  /** From 0 up to 1, by the seed, the fault, the method and `nth`: the same whatever other methods are called. */
  readonly random: () => number;
}

/** Which calls a fault hits. */
export interface When {
  readonly words: string;
  hits(occasion: Occasion): boolean;
}

export const always: When = { words: 'always', hits: () => true };

/** `nth(1, 4)`: the first and the fourth. */
export function nth(...numbers: readonly number[]): When {
  return { words: `call ${numbers.join(', ')}`, hits: (occasion) => numbers.includes(occasion.nth) };
}

export function everyNth(number: number): When {
  return { words: `every ${number}th call`, hits: (occasion) => occasion.nth % number === 0 };
}

/** The first `count`. */
export function first(count: number): When {
  return { words: `the first ${count} calls`, hits: (occasion) => occasion.nth <= count };
}

/** Each with this probability, from 0 to 1. */
export function withProbability(probability: number): When {
  return { words: `with probability ${probability}`, hits: ({ random }) => random() < probability };
}

/** While the caller's clock, counted from the first call, is between the two. */
export function during(fromMs: number, untilMs: number): When {
  return {
    words: `from ${fromMs} to ${untilMs} ms`,
    hits: ({ elapsedMs }) => elapsedMs >= fromMs && elapsedMs < untilMs,
  };
}

export function both(one: When, other: When): When {
  return {
    words: `${one.words} and ${other.words}`,
    hits: (occasion) => {
      const [a, b] = [one.hits(occasion), other.hits(occasion)];
      return a && b;
    },
  };
}
