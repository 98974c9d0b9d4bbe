/** Values of several generators as they come. Leaving the loop, or an error of one, ends them all. */
export async function* mergeGenerators<T>(
  generators: readonly AsyncGenerator<T, void, undefined>[],
): AsyncGenerator<T, void, undefined> {
  const pending = new Map<AsyncGenerator<T, void, undefined>, Promise<Step<T>>>();
  const advance = (generator: AsyncGenerator<T, void, undefined>) => {
    const step = generator.next().then((result) => ({ generator, result }));
    step.catch(() => {});
    pending.set(generator, step);
  };
  for (const generator of generators) advance(generator);
  try {
    while (pending.size > 0) {
      const { generator, result } = await Promise.race(pending.values());
      if (result.done) {
        pending.delete(generator);
        continue;
      }
      advance(generator);
      yield result.value;
    }
  } finally {
    // A generator that is waiting ends when what it waits for does: nobody waits for it here.
    for (const generator of pending.keys()) generator.return().catch(() => {});
  }
}

interface Step<T> {
  readonly generator: AsyncGenerator<T, void, undefined>;
  readonly result: IteratorResult<T, void>;
}
