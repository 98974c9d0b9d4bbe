import type { ManifestLine } from '@scijob/core/adapter';
import type { PartPaths } from './part-paths.ts';
import type { PartRecord } from './part-record.ts';

/** Reads the exported secrets, then becomes the command: a value is in no argv and no file but that one. */
const WITH_SECRETS = '. "$0" && exec "$@"';

/** The argv of one task: what the job says, behind its interpreter, launcher, niceness and secrets. */
export function toTaskCommand(
  { job, launcher }: Pick<PartRecord, 'job' | 'launcher'>,
  line: Pick<ManifestLine, 'command'> | undefined,
  paths: Pick<PartPaths, 'script' | 'secrets'>,
): readonly string[] {
  const program = line?.command ?? job.command ?? toScriptCommand(job.script, paths.script);
  const nice = job.native?.nice === undefined ? [] : ['nice', '-n', String(job.native.nice)];
  const command = [...nice, ...launcher, ...program];
  return Object.keys(job.secrets).length === 0 ? command : ['/bin/sh', '-c', WITH_SECRETS, paths.secrets, ...command];
}

function toScriptCommand(script: PartRecord['job']['script'], path: string): readonly string[] {
  if (script?.interpreter !== undefined) return [script.interpreter, path];
  return script?.text.startsWith('#!') ? [path] : ['/bin/sh', path];
}
