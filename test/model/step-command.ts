import type fc from 'fast-check';
import type { ExpectedJobs } from './expected-jobs.ts';
import type { ModelWorld } from './model-world.ts';
import { requireUnbroken, type Step, take } from './take-step.ts';

export class StepCommand implements fc.AsyncCommand<ExpectedJobs, ModelWorld> {
  readonly #step: Step;
  constructor(step: Step) {
    this.#step = step;
  }
  check = () => true;
  toString = () => JSON.stringify(this.#step);
  async run(_jobs: ExpectedJobs, world: ModelWorld): Promise<void> {
    await take(world, this.#step);
    requireUnbroken(world);
  }
}
