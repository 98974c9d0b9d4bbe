import { changesSomething, type RetryPolicy, retryRuleOf } from '../job/retry-policy.ts';
import type { AdapterCapabilities } from '../seam/adapter-capabilities.ts';
import type { Duty } from '../seam/duty.ts';
import type { ResolvedJob } from '../seam/resolved-job.ts';
import { FAILURE_REASONS, type FailureReason } from '../state/failure-reason.ts';

/** Who does what for one job: what the backend does by itself, and what only its owner can do. */
export interface DutyPlan {
  readonly duties: readonly Duty[];
  /** Failures that core tries again. */
  readonly retried: ReadonlySet<FailureReason>;
  /** What is left for the backend to try again. */
  readonly nativeRetry: RetryPolicy;
  /** At most so many tasks at once, kept by the owner: it sends the next when some have ended. */
  readonly window?: number;
  /** The most items one native array may have; absent for a single job. */
  readonly itemsPerPart?: number;
}

/** The backend's word decides; what it cannot do and core can is the owner's. What neither can was refused before. */
export function planDuties(
  { arrays, retries }: Pick<AdapterCapabilities<never>, 'arrays' | 'retries'>,
  job: ResolvedJob,
  isHeld: boolean,
): DutyPlan {
  const retried = FAILURE_REASONS.filter((reason) => isOwners(retries[reason], job.retry, reason));
  const count = job.array?.count;
  const maxCount = arrays === false ? 1 : arrays.maxCount;
  const isSharded = count !== undefined && count > maxCount;
  const limit = job.array?.maxConcurrent;
  const isWindowed =
    limit !== undefined &&
    count !== undefined &&
    limit < count &&
    (isSharded || arrays === false || arrays.maxConcurrent !== 'native');
  const hasFallback = retried.some((reason) => retryRuleOf(job.retry, reason)?.purchase !== undefined);
  const duties: Duty[] = [
    ...(isHeld ? (['dependency'] as const) : []),
    ...(isWindowed ? (['next-part'] as const) : isSharded ? (['submit'] as const) : []),
    ...(retried.length > 0 ? (['retry'] as const) : []),
    ...(hasFallback ? (['fallback'] as const) : []),
  ];
  return {
    duties,
    retried: new Set(retried),
    nativeRetry: Object.fromEntries(
      FAILURE_REASONS.filter((reason) => !retried.includes(reason) && job.retry[reason] !== undefined).map((reason) => [
        reason,
        job.retry[reason],
      ]),
    ),
    ...(isWindowed ? { window: limit } : {}),
    ...(count === undefined ? {} : { itemsPerPart: maxCount }),
  };
}

function isOwners(
  support: 'native' | 'owner' | 'refused' | undefined,
  policy: RetryPolicy,
  reason: FailureReason,
): boolean {
  const rule = retryRuleOf(policy, reason);
  if (!rule || support === undefined || support === 'refused') return false;
  return support === 'owner' || changesSomething(rule);
}
