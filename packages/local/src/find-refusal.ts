import type { Refusal, ResolvedJob } from '@scijob/core/adapter';
import type { LocalNative, ResolvedLocalOptions } from './local-options.ts';
import { toRequest } from './to-request.ts';
import { isInsideTask, toSourcePath } from './to-source-path.ts';

/** The first thing in a job that this machine cannot honour, by name and with the way out; pure. */
export function findRefusal(
  job: ResolvedJob<LocalNative>,
  { pool, image }: Pick<ResolvedLocalOptions, 'pool' | 'image'>,
): Refusal | undefined {
  if (job.kind !== 'command') {
    return unsupported(`kind ${JSON.stringify(job.kind)}`, 'Only commands and scripts run on this machine.');
  }
  return (
    (job.image !== undefined && image === 'refuse' ? refuseImage(job.image) : undefined) ??
    findPlacementRefusal(job) ??
    findResourceRefusal(job, pool) ??
    findParallelRefusal(job) ??
    findSecretRefusal(job.secrets) ??
    findInputRefusal(job.inputs) ??
    findOutputRefusal(job) ??
    findRetryRefusal(job) ??
    findNativeRefusal(job.native)
  );
}

function refuseImage(image: string): Refusal {
  return unsupported(
    `image ${JSON.stringify(image)}`,
    "Nothing here runs containers. Use createLocal({ image: 'ignore' }) to run the command on what is installed.",
  );
}

function findPlacementRefusal(job: ResolvedJob): Refusal | undefined {
  for (const field of ['queue', 'account', 'priority', 'purchase'] as const) {
    if (job[field] === undefined) continue;
    return unsupported(
      `${field} ${JSON.stringify(job[field])}`,
      `This machine has no such thing. Leave \`${field}\` out when submitting here.`,
    );
  }
  return undefined;
}

function findResourceRefusal(job: ResolvedJob, pool: ResolvedLocalOptions['pool']): Refusal | undefined {
  const request = toRequest(job);
  for (const field of ['cpus', 'memoryGiB', 'gpus'] as const) {
    if (request[field] <= pool[field]) continue;
    const has = Math.round(pool[field] * 100) / 100;
    return unsupported(
      `resources.${field} ${request[field]}`,
      `The pool has ${has}. Ask for less, or give createLocal({ ${field} }) more.`,
    );
  }
  for (const field of ['gpuType', 'diskGiB', 'sharedMemoryGiB'] as const) {
    if (job.resources[field] === undefined) continue;
    return unsupported(
      `resources.${field} ${JSON.stringify(job.resources[field])}`,
      'Nothing here can give or check it. Leave it out for this machine.',
    );
  }
  const { architecture } = job.resources;
  if (architecture !== undefined && architecture !== ARCHITECTURES[process.arch]) {
    return unsupported(
      `resources.architecture ${JSON.stringify(architecture)}`,
      `This machine is ${ARCHITECTURES[process.arch] ?? process.arch}. Submit it elsewhere, or leave it out.`,
    );
  }
  return undefined;
}

const ARCHITECTURES: { readonly [arch: string]: string } = { x64: 'x86_64', arm64: 'arm64' };

function findParallelRefusal({ parallel }: ResolvedJob): Refusal | undefined {
  if (parallel === undefined) return undefined;
  if ((parallel.nodes ?? 1) > 1) {
    return unsupported(`parallel.nodes ${parallel.nodes}`, 'There is one node here. Use a cluster, or nodes: 1.');
  }
  if (parallel.launcher === 'srun') {
    return unsupported("parallel.launcher 'srun'", "srun is Slurm's. Use launcher: 'mpirun', 'none', or leave it out.");
  }
  if (parallel.efa) return unsupported('parallel.efa', 'Elastic Fabric Adapter is on AWS only. Leave it out.');
  if (parallel.exclusive) {
    return unsupported('parallel.exclusive', 'Other work of this machine cannot be kept off. Leave it out.');
  }
  return undefined;
}

function findSecretRefusal(secrets: Readonly<Record<string, string>>): Refusal | undefined {
  for (const [name, reference] of Object.entries(secrets)) {
    if (/^(env:.+|file:\/.+)$/s.test(reference)) continue;
    const shown = reference.startsWith('arn:') ? JSON.stringify(reference) : '(not shown)';
    return unsupported(`secrets.${name} ${shown}`, 'On this machine secrets come from `env:NAME` or `file:/path`.');
  }
  return undefined;
}

function findInputRefusal(inputs: Readonly<Record<string, string>>): Refusal | undefined {
  for (const [path, source] of Object.entries(inputs)) {
    if (!isInsideTask(path)) {
      return unsupported(
        `inputs[${JSON.stringify(path)}]`,
        "Inputs lie inside the task's directory: no leading /, no ..",
      );
    }
    if (toSourcePath(source) === undefined) {
      return unsupported(
        `inputs[${JSON.stringify(path)}] ${JSON.stringify(source)}`,
        'Sources here are absolute paths or file: URLs. Download it first.',
      );
    }
  }
  return undefined;
}

function findOutputRefusal(job: ResolvedJob): Refusal | undefined {
  for (const [name, output] of Object.entries(job.outputs)) {
    if (isInsideTask(output.path)) continue;
    return unsupported(
      `outputs.${name} ${JSON.stringify(output.path)}`,
      "Outputs lie inside the task's directory: no leading /, no ..",
    );
  }
  return undefined;
}

/** What changes something between two times is for whoever submits it again. */
function findRetryRefusal({ retry }: ResolvedJob): Refusal | undefined {
  for (const [reason, rule] of Object.entries(retry)) {
    if (typeof rule !== 'object') continue;
    const { memoryFactor = 1, timeLimitFactor = 1, purchase } = rule;
    const changed =
      (memoryFactor !== 1 && 'memoryFactor') ||
      (timeLimitFactor !== 1 && 'timeLimitFactor') ||
      (purchase && 'purchase');
    if (!changed) continue;
    return unsupported(
      `retry.${reason}.${changed}`,
      'The runner tries the same again, with a pause. Leave it out, or submit the changed job when this one failed.',
    );
  }
  return undefined;
}

function findNativeRefusal(native: unknown): Refusal | undefined {
  if (native === undefined) return undefined;
  const known = typeof native === 'object' && native !== null ? native : {};
  for (const [name, value] of Object.entries(known)) {
    if (name !== 'nice') return unsupported(`native.${name}`, 'Known here: nice.');
    if (value === undefined || (Number.isInteger(value) && value >= 0 && value <= 19)) continue;
    return unsupported(`native.nice ${JSON.stringify(value)}`, 'It is a whole number from 0 to 19.');
  }
  return undefined;
}

function unsupported(what: string, wayOut: string): Refusal {
  return { code: 'UNSUPPORTED', message: `The local adapter cannot honour ${what}. ${wayOut}`, retryable: false };
}
