import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Attempt, Part } from '@scijob/core/adapter';
import { toTaskEnvironment, type WrapperOutput, type WrapperTask } from '@scijob/core/wrapper';

/** What is noted of a part beside its records. */
export interface SpoolPart {
  readonly key: string;
  readonly attempt: Attempt;
  readonly outputs: readonly WrapperOutput[];
}

export function toSpoolPart({ key, job }: Part): SpoolPart {
  return { key: key.key, attempt: `${key.submission}.0`, outputs: Object.values(job.outputs) };
}

/** A part as scijob's wrapper is told of it. Pure but for the secrets, which are handed in. */
export function toWrapperTask(part: Part, folder: string, secrets: Readonly<Record<string, string>>): WrapperTask {
  const { key, job } = part;
  const { attempt, outputs } = toSpoolPart(part);
  const workDirectory = join(folder, 'work');
  return {
    folder,
    nativeId: key.token,
    attempt,
    workDirectory,
    command: job.command ?? [job.script?.interpreter ?? 'sh', join(folder, 'script')],
    environment: {
      ...job.environment,
      ...secrets,
      ...toTaskEnvironment({
        key: key.key,
        jobName: job.name,
        attempt,
        nodeIndex: 0,
        nodeCount: 1,
        mainNode: hostname(),
        workDirectory,
      }),
    },
    graceSeconds: 5,
    outputs,
    ...(job.timeLimitSeconds !== undefined && { timeLimitSeconds: job.timeLimitSeconds }),
  };
}
