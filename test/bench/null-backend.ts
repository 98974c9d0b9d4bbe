/** A backend that takes every job and runs none. */
export interface NullBackend {
  /** One native id per token. */
  submit(tokens: readonly string[]): Promise<readonly string[]>;
  /** The state of every job it has. */
  observe(): Promise<string>;
  /** How many different jobs it was ever sent. */
  count(): Promise<number>;
  close(): Promise<void>;
}

/** In this process: what is measured with it is ours alone. */
export function createNullBackend(): NullBackend {
  const jobs = new Set<string>();
  return {
    submit: async (tokens) =>
      tokens.map((token) => {
        jobs.add(token);
        return String(jobs.size);
      }),
    observe: async () => 'RUNNING',
    count: async () => jobs.size,
    close: async () => {},
  };
}
