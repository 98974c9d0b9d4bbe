import type { DependencyCondition, FinalState, Part } from '@scijob/core/adapter';

/** What a part waits for, as `part.json` holds it. */
export interface PartDependency {
  readonly condition: DependencyCondition;
  /** The other part's folder. */
  readonly token: string;
  readonly key: string;
  /** Only this task of it. */
  readonly child?: number;
}

export function toDependencies(after: Part['after']): readonly PartDependency[] {
  return after.map(({ ref, condition }) => ({
    condition,
    token: ref.submissions[0]?.parts[0]?.nativeId ?? '',
    key: ref.key,
    ...(ref.child !== undefined && { child: ref.child }),
  }));
}

/** What an end means to who waits for it. */
export type DependencyVerdict = 'met' | 'unmet' | 'not-needed';

/** One that is lost has not ended for certain: nothing is begun on its account. */
export function judgeEnd(condition: DependencyCondition, state: FinalState): DependencyVerdict {
  if (state === 'lost') return 'unmet';
  switch (condition) {
    case 'afterany':
      return 'met';
    case 'afternotok':
      return state === 'succeeded' ? 'not-needed' : 'met';
    case 'afterok':
    case 'aftercorr':
      return state === 'succeeded' ? 'met' : 'unmet';
  }
}

/** How a task ends that waited in vain: it never ran. `why` goes on with ", which …" or ": …". */
export function toUnmetEnd({ condition, key }: PartDependency, verdict: 'unmet' | 'not-needed', why: string) {
  const what = `it was to run ${condition} the job ${JSON.stringify(key)}${why}`;
  return verdict === 'unmet'
    ? ({ state: 'failed', reason: 'dependency-failed', message: `It never ran: ${what}.` } as const)
    : ({ state: 'cancelled', reason: 'dependency-failed', message: `It never ran, and need not: ${what}.` } as const);
}
