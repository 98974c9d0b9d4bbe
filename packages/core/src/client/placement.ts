import type { ResolvedJob } from '../seam/resolved-job.ts';
import type { Json } from '../util/json.ts';
import { requireOptions } from '../util/require-options.ts';

/** The options of `submit` and `map` once their types have done their work. */
export interface PlacementOptions {
  readonly on?: string;
  readonly key?: string;
  readonly after?: unknown;
  readonly queue?: string;
  readonly account?: string;
  readonly priority?: number;
  readonly purchase?: 'on-demand' | 'spot' | 'any';
  readonly native?: unknown;
  readonly unattended?: boolean;
  readonly maxConcurrent?: number;
  readonly itemsPerTask?: number;
  readonly signal?: AbortSignal;
}

const KNOWN = [
  'on',
  'key',
  'after',
  'queue',
  'account',
  'priority',
  'purchase',
  'native',
  'unattended',
  'maxConcurrent',
  'itemsPerTask',
  'signal',
] as const satisfies readonly (keyof PlacementOptions)[];

/** Checks the options of a submit: what is no option is refused, so that a typo in plain JavaScript is not silently another job. */
export function requirePlacement(options: unknown, method: 'submit' | 'map' | 'plan'): PlacementOptions {
  if (options === undefined) return {};
  requireOptions(options, KNOWN, method);
  const given = options as PlacementOptions;
  for (const field of ['maxConcurrent', 'itemsPerTask'] as const) {
    const value = given[field];
    if (value === undefined) continue;
    if (method !== 'map') throw new TypeError(`\`${field}\` belongs to map(), not to ${method}().`);
    if (!Number.isInteger(value) || value < 1)
      throw new TypeError(`\`${field}\` is a whole number from 1, got ${value}.`);
  }
  return given;
}

/** The part of the placement that a resolved job carries: how and where, not what. Not compared between jobs of one key. */
export function placingOf(
  options: PlacementOptions,
): Pick<ResolvedJob, 'queue' | 'account' | 'priority' | 'purchase' | 'native'> {
  const { queue, account, priority, purchase, native } = options;
  return {
    ...(queue === undefined ? {} : { queue }),
    ...(account === undefined ? {} : { account }),
    ...(priority === undefined ? {} : { priority }),
    ...(purchase === undefined ? {} : { purchase }),
    ...(native === undefined ? {} : { native: structuredClone(native) as Json }),
  };
}
