import assert from 'node:assert/strict';
import type { Behaviour } from '../behaviour.ts';
import type { ConformanceSubject, ConformanceWorld, HookName } from '../subject.ts';
import { Bench, type BenchHooks } from './bench.ts';
import { Script } from './script.ts';
import { Time } from './time.ts';

/** So many waits for the backend may one behaviour take before it has not ended. */
const WAITS_PER_BEHAVIOUR = 3;

/** Runs one behaviour on an adapter and a backend of its own, and clears both away, whatever happens. */
export async function withBench<World extends ConformanceWorld>(
  subject: ConformanceSubject<World>,
  behaviour: Behaviour,
): Promise<void> {
  const { shell = ['sh', '-c'], patienceSeconds = 30, toJob = (job) => job } = subject;
  const script = new Script();
  const world = await subject.create(script);
  const bench = new Bench({
    adapter: world.adapter,
    capabilities: subject.capabilities,
    script,
    time: new Time(world.clock),
    hooks: bindHooks(subject, world),
    shell,
    patienceSeconds,
    toJob,
  });
  try {
    await endsWithin(behaviour.run(bench), patienceSeconds * WAITS_PER_BEHAVIOUR, behaviour.id);
  } finally {
    try {
      await endsWithin(bench.dispose(), patienceSeconds, 'closing the adapter');
    } finally {
      await world.dispose();
    }
  }
}

const HOOKS = [
  'second',
  'created',
  'changeArtifact',
  'loseReply',
  'outage',
  'forget',
  'preempt',
] as const satisfies readonly HookName[];

function bindHooks<World extends ConformanceWorld>(subject: ConformanceSubject<World>, world: World): BenchHooks {
  return Object.fromEntries(
    HOOKS.flatMap((name) => {
      const hook = subject[name] as ((world: World, ...given: readonly unknown[]) => unknown) | undefined;
      return hook ? [[name, (...given: readonly unknown[]) => hook.call(subject, world, ...given)]] : [];
    }),
  );
}

async function endsWithin(work: Promise<unknown>, seconds: number, what: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new assert.AssertionError({ message: `${what} did not end within ${seconds} s` })),
      seconds * 1_000,
    );
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
