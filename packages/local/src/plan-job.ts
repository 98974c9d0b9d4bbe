import type { CallContext, ResolvedJob, SubmissionPlan } from '@scijob/core/adapter';
import { findLauncher } from './find-launcher.ts';
import { findRefusal } from './find-refusal.ts';
import type { LocalNative } from './local-options.ts';
import type { Home } from './open-home.ts';
import { toBaseEnvironment } from './to-base-environment.ts';
import { toPlan } from './to-plan.ts';
import { toTarget } from './to-target.ts';

/** What a submit would do here, with the first thing it would refuse. */
export async function planJob(
  home: Home,
  job: ResolvedJob<LocalNative>,
  { signal }: CallContext,
): Promise<SubmissionPlan> {
  const baseEnvironment = toBaseEnvironment(process.env);
  const launch = await findLauncher(job.parallel, baseEnvironment, signal);
  const refusal = findRefusal(job, home.options) ?? ('refusal' in launch ? launch.refusal : undefined);
  return toPlan(job, {
    target: toTarget(home),
    options: home.options,
    baseEnvironment,
    launcher: 'launcher' in launch ? launch.launcher : [],
    ...(refusal && { refusal }),
  });
}
