import * as v from 'valibot';
import { FAILURE_REASONS } from '../state/failure-reason.ts';

// The one description of a job: validation, the published JSON Schema and (proved in job-schema.test-d.ts) the types.

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused.
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

const text = v.pipe(
  v.string(),
  v.check((value) => !value.includes('\0'), 'must not contain a NUL byte'),
);
const printable = v.pipe(
  v.string(),
  v.minLength(1, 'must not be empty'),
  v.maxLength(200, 'must have at most 200 characters'),
  v.check((value) => !CONTROL_CHARACTERS.test(value), 'must not contain control characters (line ends, tabs, escapes)'),
);
const wholeAtLeast = (least: number) =>
  v.pipe(v.number(), v.integer('must be a whole number'), v.minValue(least, `must be ${least} or more`));
const amount = v.pipe(v.number(), v.finite('must be finite'), v.gtValue(0, 'must be more than 0'));
const variableName = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is not a name a shell can export: letters, digits and _, no digit first'),
  v.check((name) => !name.startsWith('SCIJOB_'), 'is reserved: names that begin with SCIJOB_ are set by scijob itself'),
);

function isInsideTask(path: string): boolean {
  return path !== '' && !path.includes('\0') && !path.startsWith('/') && !path.split('/').includes('..');
}
const taskPath = v.pipe(
  v.string(),
  v.check(isInsideTask, "must be a relative path inside the task's directory: not empty, no leading /, no .."),
);

const outputRefSchema = v.object({
  job: v.pipe(v.string(), v.startsWith('scijob:', 'must be the ref of a job, as `handle.outputs` gives it')),
  output: v.pipe(v.string(), v.minLength(1)),
});

export const resourcesSchema = v.strictObject({
  cpus: v.optional(amount),
  gpus: v.optional(wholeAtLeast(0)),
  gpuType: v.optional(printable),
  memoryGiB: v.optional(amount),
  diskGiB: v.optional(amount),
  sharedMemoryGiB: v.optional(amount),
  architecture: v.optional(v.picklist(['x86_64', 'arm64'])),
});

export const parallelSchema = v.strictObject({
  nodes: v.optional(wholeAtLeast(1)),
  processesPerNode: v.optional(wholeAtLeast(1)),
  launcher: v.optional(v.picklist(['srun', 'mpirun', 'none'])),
  exclusive: v.optional(v.boolean()),
  efa: v.optional(v.boolean()),
});

const times = v.pipe(wholeAtLeast(0), v.maxValue(1_000, 'must be 1000 or less'));
const factor = v.pipe(v.number(), v.minValue(1, 'must be 1 or more'), v.maxValue(100, 'must be 100 or less'));

export const retryRuleSchema = v.strictObject({
  times,
  memoryFactor: v.optional(factor),
  timeLimitFactor: v.optional(factor),
  delaySeconds: v.optional(v.pipe(v.number(), v.minValue(0, 'must be 0 or more'), v.finite('must be finite'))),
  purchase: v.optional(v.picklist(['on-demand'])),
});

/** What `retryFailed()` may change. */
export const retryChangeSchema = v.strictObject({
  resources: v.optional(resourcesSchema),
  timeLimitSeconds: v.optional(amount),
});

export const retrySchema = v.strictObject(
  v.entriesFromList(FAILURE_REASONS, v.optional(v.union([times, retryRuleSchema]))),
);

const outputSchema = v.object({
  type: v.picklist(['file', 'files', 'json']),
  path: taskPath,
  optional: v.optional(v.boolean()),
  schema: v.optional(v.custom<unknown>((value) => typeof value === 'object' || typeof value === 'function')),
});

const outputName = v.pipe(
  printable,
  v.check((name) => name !== 'then', 'cannot be called `then`: awaiting the outputs would call it. Use another name'),
);

const SECRET_REFERENCE = /^(env:[A-Za-z_][A-Za-z0-9_]*|file:\/.+|arn:aws[a-z-]*:(secretsmanager|ssm):.+)$/;
const secretReference = v.pipe(
  v.string(),
  // The value itself must never be printed: it may be the secret.
  v.regex(SECRET_REFERENCE, 'must be a reference, never the secret itself: `env:NAME`, `file:/path` or an AWS ARN'),
);

const sharedEntries = {
  name: printable,
  outputs: v.optional(v.record(outputName, outputSchema)),
  retry: v.optional(retrySchema),
  tags: v.optional(v.record(printable, v.pipe(v.string(), v.maxLength(256, 'must have at most 256 characters')))),
};

const programEntries = {
  ...sharedEntries,
  command: v.optional(v.pipe(v.array(text), v.minLength(1, 'needs at least the program to run'))),
  script: v.optional(v.pipe(text, v.minLength(1, 'must not be empty'))),
  interpreter: v.optional(v.pipe(text, v.minLength(1, 'must not be empty'))),
  image: v.optional(printable),
  environment: v.optional(v.record(variableName, text)),
  secrets: v.optional(v.record(variableName, secretReference)),
  inputs: v.optional(v.record(taskPath, v.union([v.pipe(text, v.minLength(1, 'must not be empty')), outputRefSchema]))),
  resources: v.optional(resourcesSchema),
  parallel: v.optional(parallelSchema),
  timeLimitSeconds: v.optional(amount),
};

export const commandSpecSchema = v.strictObject(programEntries);

/** What `with()` may change; a record's member given as `undefined` is removed. */
export const jobChangesSchema = v.partial(v.strictObject(programEntries));

export const workflowSpecSchema = v.strictObject({
  ...sharedEntries,
  workflow: v.object({
    id: printable,
    version: v.optional(printable),
    type: v.optional(v.picklist(['private', 'ready2run'])),
    schema: v.optional(v.custom<unknown>((value) => typeof value === 'object' || typeof value === 'function')),
  }),
  parameters: v.record(v.string(), v.unknown()),
});
