import { randomUUID } from 'node:crypto';
import type { CallContext, Part, PrepareOutcome, Refusal } from '@scijob/core/adapter';
import { toRefusal } from './classify-local-error.ts';
import { findDependencyRefusal } from './find-dependency-refusal.ts';
import { findLauncher } from './find-launcher.ts';
import { findRefusal } from './find-refusal.ts';
import type { LocalNative } from './local-options.ts';
import type { Home } from './open-home.ts';
import { toPartPaths } from './part-paths.ts';
import { toPartRecord } from './part-record.ts';
import { resolveSecrets } from './resolve-secrets.ts';
import { retryBudgetOf } from './retry-policy.ts';
import { toBaseEnvironment } from './to-base-environment.ts';
import { toSourcePath } from './to-source-path.ts';

/**
 * Builds the folder of a part beside the others, where no runner looks. Repeatable: whatever an earlier try left is
 * replaced, and a part that is there already is left alone.
 */
export async function preparePart(home: Home, part: Part<LocalNative>, context: CallContext): Promise<PrepareOutcome> {
  try {
    return await build(home, part, context);
  } catch (error) {
    context.signal.throwIfAborted();
    return { type: 'refused', error: toRefusal(error) };
  }
}

async function build(home: Home, part: Part<LocalNative>, context: CallContext): Promise<PrepareOutcome> {
  const { client } = home;
  const environment = process.env;
  const refusal =
    findRefusal(part.job, home.options) ?? (await findDependencyRefusal(home, part)) ?? (await findMissing(home, part));
  if (refusal) return { type: 'refused', error: refusal };
  const baseEnvironment = toBaseEnvironment(environment);
  const launch = await findLauncher(part.job.parallel, baseEnvironment, context.signal);
  if ('refusal' in launch) return { type: 'refused', error: launch.refusal };
  const secrets = resolveSecrets(part.job.secrets, environment);
  if ('refusal' in secrets) return { type: 'refused', error: secrets.refusal };
  if ((await client.status(home.part(part.key.token).record)) !== undefined) return { type: 'prepared' };

  const staged = toPartPaths(`${home.paths.staging}/${part.key.token}.${randomUUID()}`);
  const record = toPartRecord(part, {
    machine: home.machine,
    pool: home.options.pool,
    baseEnvironment,
    launcher: launch.launcher,
    preparedAt: context.clock.now().toISOString(),
  });
  try {
    await client.createFolder(staged.cancels);
    await client.createFolder(`${staged.folder}/tasks`);
    if (part.job.array) await client.writeStream(staged.manifest, part.job.array.manifest.open());
    if (part.job.script) await client.write(staged.script, part.job.script.text, { executable: true });
    if (secrets.text !== '') await client.write(staged.secrets, secrets.text);
    await client.write(staged.record, `${JSON.stringify(record)}\n`, { durable: true });
    await client.remove(toStagedFolder(home, part.key.token));
    await client.moveFolder(staged.folder, toStagedFolder(home, part.key.token));
    return { type: 'prepared' };
  } finally {
    // Still here when something failed, or when another process prepared the same part in this very moment.
    await client.remove(staged.folder);
  }
}

/** Where a prepared part waits to be sent. */
export function toStagedFolder(home: Home, token: string): string {
  return `${home.paths.staging}/${token}`;
}

async function findMissing(home: Home, part: Part<LocalNative>): Promise<Refusal | undefined> {
  // An array's items may replace any of these, a job that is waited for may make them, or they are waited for: each task
  // finds out for itself.
  if (part.job.array || part.after.length > 0 || retryBudgetOf(part.job, 'input-missing')) return undefined;
  for (const [path, source] of Object.entries(part.job.inputs)) {
    const file = toSourcePath(source);
    if (file !== undefined && (await home.client.status(file)) !== undefined) continue;
    return {
      code: 'INPUT_MISSING',
      message: `The input ${JSON.stringify(path)} is not there: ${JSON.stringify(source)}. Check the path, or create it before submitting.`,
      retryable: false,
    };
  }
  return undefined;
}
