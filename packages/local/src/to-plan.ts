import type { FailureReason, Json, Refusal, ResolvedJob, SubmissionPlan, Target } from '@scijob/core/adapter';
import type { LocalNative, ResolvedLocalOptions } from './local-options.ts';
import { toPartPaths } from './part-paths.ts';
import { retryBudgetOf } from './retry-policy.ts';
import { toRequest } from './to-request.ts';
import { toTaskCommand } from './to-task-command.ts';

export interface PlanContext {
  readonly target: Target;
  readonly options: ResolvedLocalOptions;
  readonly baseEnvironment: Readonly<Record<string, string>>;
  readonly launcher: readonly string[];
  /** The first thing that cannot be honoured. */
  readonly refusal?: Refusal;
}

/** What a submit would do. Pure: nothing is written, no secret is read. */
export function toPlan(job: ResolvedJob<LocalNative>, context: PlanContext): SubmissionPlan {
  const { target, options, refusal } = context;
  return {
    target,
    parts: 1,
    requests: refusal ? [] : [toRequestJson(job, context)],
    values: [...toValues(job), ...toAdapterValues(job, context)],
    features: [
      ...toFeatures(job, options),
      ...(refusal ? [{ feature: refusal.code.toLowerCase(), support: 'refused' as const, note: refusal.message }] : []),
    ],
  };
}

function toRequestJson(job: ResolvedJob<LocalNative>, { options, launcher, baseEnvironment }: PlanContext): Json {
  const paths = toPartPaths(`${options.directory}/jobs/<token>`);
  const { array: _array, ...single } = job;
  return {
    argv: toTaskCommand({ job: single, launcher }, undefined, paths),
    workDirectory: `${paths.folder}/tasks/${job.array ? '<index>' : '0'}/work`,
    environment: { ...baseEnvironment, ...job.environment },
    secrets: { ...job.secrets },
    inputs: { ...job.inputs },
    tasks: job.array?.count ?? 1,
    ...(job.script && { script: job.script.text }),
    ...(job.timeLimitSeconds !== undefined && { timeLimitSeconds: job.timeLimitSeconds }),
  };
}

type PlanValues = SubmissionPlan['values'];

function toValues(job: ResolvedJob<LocalNative>): PlanValues {
  const values: { field: string; value: Json; from: 'options' | 'job' }[] = [
    { field: 'name', value: job.name, from: 'job' },
  ];
  const add = (field: string, value: unknown, from: 'options' | 'job' = 'job') => {
    if (value !== undefined) values.push({ field, value: value as Json, from });
  };
  add('command', job.command);
  add('script', job.script?.text);
  add('interpreter', job.script?.interpreter);
  add('image', job.image);
  for (const group of ['environment', 'secrets', 'inputs', 'outputs', 'resources', 'parallel', 'tags'] as const) {
    for (const [name, value] of Object.entries(job[group] ?? {})) add(`${group}.${name}`, value);
  }
  add('timeLimitSeconds', job.timeLimitSeconds);
  add('maxConcurrent', job.array?.maxConcurrent, 'options');
  add('native.nice', job.native?.nice, 'options');
  return values;
}

function toAdapterValues(
  job: ResolvedJob<LocalNative>,
  { options, baseEnvironment, launcher }: PlanContext,
): PlanValues {
  const fromAdapter = (field: string, value: Json) => ({ field, value, from: 'adapter' as const });
  const request = toRequest(job);
  return [
    fromAdapter('directory', options.directory),
    ...Object.entries(options.pool).map(([name, value]) => fromAdapter(`pool.${name}`, value)),
    ...Object.entries(request).flatMap(([name, value]) =>
      name in job.resources ? [] : [fromAdapter(`takes.${name}`, value)],
    ),
    ...Object.entries(baseEnvironment).flatMap(([name, value]) =>
      name in job.environment ? [] : [fromAdapter(`environment.${name}`, value)],
    ),
    ...(launcher.length > 0 ? [fromAdapter('launcher', [...launcher])] : []),
    ...(job.image !== undefined ? [fromAdapter('image handling', options.image)] : []),
  ];
}

function toFeatures(job: ResolvedJob<LocalNative>, { image }: ResolvedLocalOptions): SubmissionPlan['features'] {
  const features: { feature: string; support: 'native'; note?: string }[] = [];
  const add = (is: unknown, feature: string, note?: string) => {
    if (is) features.push({ feature, support: 'native', ...(note !== undefined && { note }) });
  };
  add(job.array, 'array');
  add(
    job.array && job.array.itemsPerTask > 1,
    'itemsPerTask',
    'Every item is a task of its own: starting one costs milliseconds.',
  );
  add(job.array?.maxConcurrent !== undefined, 'maxConcurrent');
  add(job.timeLimitSeconds !== undefined, 'timeLimitSeconds', 'By the wrapper: TERM, then KILL after 5 seconds.');
  add(
    job.resources.memoryGiB !== undefined,
    'memory limit',
    'By a cgroup where one can be made, else by looking every 0.1 s.',
  );
  add(job.parallel, 'parallel', job.parallel?.launcher === undefined ? 'Plain ranks with SCIJOB_RANK.' : undefined);
  add(Object.keys(job.outputs).length > 0, 'outputs', 'Checked and hashed by the wrapper.');
  add(job.image !== undefined && image === 'ignore', 'image', 'Ignored: the command runs on what is installed here.');
  for (const [reason, rule] of Object.entries(job.retry)) {
    const times = typeof rule === 'object' ? rule.times : rule;
    const isSeen = retryBudgetOf(job, reason as FailureReason) !== undefined;
    add(times, `retry.${reason}`, isSeen ? AGAIN : 'Never needed: this machine does not report it.');
  }
  return features;
}

const AGAIN = 'By the runner: the same again, in a clean directory.';
