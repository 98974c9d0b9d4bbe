import type { JobProblem } from '../errors/invalid-job-error.ts';
import type { CheckedProgram } from './job-spec.ts';

/** What a schema of single fields cannot say: fields that contradict each other. */
export function checkProgram(spec: CheckedProgram): readonly JobProblem[] {
  const problems: JobProblem[] = [];
  const problem = (field: string, message: string) => problems.push({ field, message });
  if (spec.command === undefined && spec.script === undefined) {
    problem('command', "is missing: give argv, `command: ['vina', '--config', 'box.txt']`, or a `script`.");
  }
  if (spec.command !== undefined && spec.script !== undefined) {
    problem('script', 'stands beside `command`: exactly one of the two says what runs.');
  }
  if (spec.interpreter !== undefined && spec.script === undefined) {
    problem('interpreter', 'needs a `script` to interpret; for a command, put it first in `command`.');
  }
  if (spec.command?.[0] === '') problem('command.0', 'is empty: the first entry is the program to run.');
  if (spec.resources?.gpuType !== undefined && !spec.resources.gpus) {
    problem('resources.gpuType', 'needs `gpus: 1` or more.');
  }
  for (const name of Object.keys(spec.secrets ?? {})) {
    if (spec.environment?.[name] !== undefined) {
      problem(`secrets.${name}`, 'stands in `environment` too: a variable has one source.');
    }
  }
  return problems;
}
