/** Values of several generators as they come. Leaving the loop, or an error of one, ends them all. */
export async function* mergeGenerators<T>(
  generators: readonly AsyncGenerator<T, void, undefined>[],
): AsyncGenerator<T, void, undefined> {
  // Each step settles once into this queue: racing long-pending promises again and again would keep every value alive.
  const ready: Step<T>[] = [];
  let wake = () => {};
  const advance = (generator: AsyncGenerator<T, void, undefined>) => {
    const push = (step: Step<T>) => {
      ready.push(step);
      wake();
    };
    generator.next().then(
      (result) => push({ generator, result }),
      (error: unknown) => push({ generator, error }),
    );
  };
  let running = generators.length;
  for (const generator of generators) advance(generator);
  try {
    while (running > 0) {
      const step = ready.shift();
      if (!step) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      if (step.result === undefined) throw step.error;
      if (step.result.done) {
        running -= 1;
        continue;
      }
      yield step.result.value;
      advance(step.generator);
    }
  } finally {
    // A generator that is waiting ends when what it waits for does: nobody waits for it here.
    for (const generator of generators) generator.return().catch(() => {});
  }
}

interface Step<T> {
  readonly generator: AsyncGenerator<T, void, undefined>;
  readonly result?: IteratorResult<T, void>;
  readonly error?: unknown;
}
