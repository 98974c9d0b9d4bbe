import { keepAlive } from '../util/keep-alive.ts';
import type { Waiting } from '../util/waiting.ts';

/** Whatever comes out of a stream can be resumed after: hand `cursor` to `from`, in any process. */
export type Streamed<T> = T & {
  readonly cursor: string;
  /** Which child of an array, rank or workflow task it is of. */
  readonly child?: number | string;
};

export interface Streaming extends Waiting {
  /** A cursor: go on behind what it came with. @default from the beginning */
  readonly from?: string;
  /** Whether to wait for more until the job has ended. @default true */
  readonly follow?: boolean;
}

/** `for await` it; where that is awkward (tslab), `await stream.forEach(…)`. Leaving the loop frees what is behind it. */
export interface JobStream<T> extends AsyncIterable<T> {
  /** Calls `each` for one value after the other, and waits for it. */
  forEach(each: (value: T) => void | Promise<void>): Promise<void>;
  toArray(): Promise<T[]>;
}

/** Makes a stream out of a generator; nothing begins before somebody iterates. */
export function createStream<T>(generate: () => AsyncGenerator<T, void, undefined>): JobStream<T> {
  return new GeneratedStream(generate);
}

export class GeneratedStream<T> implements JobStream<T> {
  readonly #generate: () => AsyncGenerator<T, void, undefined>;

  constructor(generate: () => AsyncGenerator<T, void, undefined>) {
    this.#generate = generate;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    const release = keepAlive();
    try {
      yield* this.#generate();
    } finally {
      release();
    }
  }

  async forEach(each: (value: T) => void | Promise<void>): Promise<void> {
    for await (const value of this) await each(value);
  }

  async toArray(): Promise<T[]> {
    const values: T[] = [];
    for await (const value of this) values.push(value);
    return values;
  }
}
