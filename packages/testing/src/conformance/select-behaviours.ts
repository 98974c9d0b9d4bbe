import type { Behaviour, Chapter, Need } from './behaviour.ts';
import { hasCapability } from './capability.ts';
import type { ConformanceSubject, ConformanceWorld } from './subject.ts';

export type Verdict =
  | { readonly type: 'runs' }
  /** The capability it is about is off (or, for a counter-behaviour, on). */
  | { readonly type: 'off' }
  | { readonly type: 'not-run'; readonly needs: readonly Need[] };

/** Whether a behaviour is asked of a subject. Decided by capabilities, then by what the environment can do. */
export function judge<World extends ConformanceWorld>(
  { given = [], without, needs = [] }: Pick<Behaviour, 'given' | 'without' | 'needs'>,
  subject: ConformanceSubject<World>,
): Verdict {
  const { capabilities } = subject;
  if (!given.every((capability) => hasCapability(capabilities, capability))) return { type: 'off' };
  if (without !== undefined && hasCapability(capabilities, without)) return { type: 'off' };
  const missing = needs.filter((need) =>
    need === 'programs' ? subject.programs === 'scripted' : subject[need] === undefined,
  );
  return missing.length > 0 ? { type: 'not-run', needs: missing } : { type: 'runs' };
}

export interface Judged {
  readonly chapter: string;
  readonly behaviour: Behaviour;
  readonly verdict: Verdict;
}

export function judgeAll<World extends ConformanceWorld>(
  chapters: readonly Chapter[],
  subject: ConformanceSubject<World>,
): readonly Judged[] {
  return chapters.flatMap(({ name, behaviours }) =>
    behaviours.map((behaviour) => ({ chapter: name, behaviour, verdict: judge(behaviour, subject) })),
  );
}
