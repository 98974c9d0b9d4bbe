import { UnsupportedError } from '../errors/unsupported-error.ts';
import type { CommandJob } from '../job/command-job.ts';
import { decodeRef } from '../seam/encode-ref.ts';
import type { DependencySet } from './dependency-set.ts';
import { formatOutputSource } from './output-source.ts';
import { resolveSource } from './resolve-job.ts';

type Inputs = NonNullable<CommandJob['spec']['inputs']>;

/**
 * Inputs as absolute paths and URLs. The output of another job is named by that job's key, and becomes a path when the job
 * is sent: that job must have succeeded by then, so it is noted as a dependency.
 */
export function resolveInputs(
  inputs: Inputs,
  workingDirectory: string,
  dependencies: DependencySet,
  isOwn: (child: number, path: string) => boolean = () => false,
): Record<string, string> {
  const resolved: Record<string, string> = {};
  for (const [path, source] of Object.entries(inputs)) {
    if (typeof source === 'string') {
      resolved[path] = resolveSource(source, workingDirectory);
      continue;
    }
    const { job, output } = source;
    const ref = decodeRef(job);
    if (!(output in ref.places)) {
      throw new UnsupportedError(
        `The input ${JSON.stringify(path)} is the output "${output}" of a job that declares no such output. It has: ${Object.keys(ref.places).join(', ') || 'none'}.`,
      );
    }
    const { key, child } = ref;
    dependencies.addInput(ref, child !== undefined && isOwn(child, path));
    resolved[path] = formatOutputSource({ key, output, ...(child === undefined ? {} : { child }) });
  }
  return resolved;
}
