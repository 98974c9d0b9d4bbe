import type { ResolvedJob } from '@scijob/core/adapter';
import type { Does, Task, TaskScript } from '../does.ts';

/** What the tasks of one behaviour do, by their command: what a simulated backend asks. */
export class Script implements TaskScript {
  readonly #tasks = new Map<string, Task['does']>();

  add({ command, does }: Pick<Task, 'command' | 'does'>): void {
    this.#tasks.set(JSON.stringify(command), does);
  }

  does(job: ResolvedJob, index = 0): Does {
    const { name, workflow, command = commandOf(workflow) } = job;
    const does = this.#tasks.get(JSON.stringify(command));
    if (does === undefined) throw new TypeError(`The suite gave no job "${name}" with ${JSON.stringify(command)}.`);
    return typeof does === 'function' ? does(index) : does;
  }
}

/** A subject that runs no commands says in its workflow's parameters which one it stands for: see `toJob`. */
function commandOf(workflow: ResolvedJob['workflow']): unknown {
  const parameters: unknown = workflow?.parameters;
  return typeof parameters === 'object' && parameters !== null && 'command' in parameters
    ? parameters.command
    : undefined;
}
