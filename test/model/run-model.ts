import { seededRandom } from '@scijob/testing';
import { CAPABILITY_SETS, type CapabilitySet } from './capability-sets.ts';
import { judgeRest } from './judge-rest.ts';
import { ModelWorld, type WorldOptions } from './model-world.ts';
import { requireUnbroken, type Step, take } from './take-step.ts';

/** A world whose dice fall the same each time: what core leaves to chance is the jitter of its waits. */
export function newWorld(set: CapabilitySet, options: WorldOptions = {}): ModelWorld {
  Math.random = seededRandom(1, 'model');
  return new ModelWorld(CAPABILITY_SETS[set], options);
}

/** Steps one after the other, then everything is repaired and comes to rest. @throws what is broken */
export async function runSteps(
  set: CapabilitySet,
  steps: readonly Step[],
  options: WorldOptions = {},
): Promise<ModelWorld> {
  const world = newWorld(set, options);
  for (const step of steps) {
    await take(world, step);
    requireUnbroken(world);
  }
  await judgeRest(world);
  requireUnbroken(world);
  return world;
}
