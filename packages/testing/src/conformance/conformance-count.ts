import type { Behaviour, Need } from './behaviour.ts';
import type { Judged } from './select-behaviours.ts';

/** How much of the contract was tried on one subject. */
export interface ConformanceCount {
  /** Behaviours that ran and held, by id. */
  readonly behaviours: readonly string[];
  /** Counter-behaviours that ran and held: what is off was refused. */
  readonly counterBehaviours: readonly string[];
  /** Asked for, but what they need is not there. */
  readonly notRun: readonly { readonly id: string; readonly needs: readonly Need[] }[];
  /** How many were asked in all. */
  readonly asked: number;
}

export interface LiveCount extends ConformanceCount {
  pass(behaviour: Behaviour): void;
}

export function createCount(judged: readonly Judged[]): LiveCount {
  const behaviours: string[] = [];
  const counterBehaviours: string[] = [];
  return {
    behaviours,
    counterBehaviours,
    notRun: judged.flatMap(({ behaviour: { id }, verdict }) =>
      verdict.type === 'not-run' ? [{ id, needs: verdict.needs }] : [],
    ),
    asked: judged.filter(({ verdict }) => verdict.type === 'runs').length,
    pass: ({ id, without }) => {
      (without === undefined ? behaviours : counterBehaviours).push(id);
    },
  };
}

/** One line: `local: 101 behaviours and 9 counter-behaviours held, of 110; 7 not run: needs preempt (…)`. */
export function formatCount(name: string, { behaviours, counterBehaviours, notRun, asked }: ConformanceCount): string {
  const held = `${name}: ${behaviours.length} behaviours and ${counterBehaviours.length} counter-behaviours held, of ${asked}`;
  const byNeed = new Map<string, string[]>();
  for (const { id, needs } of notRun) {
    const need = needs.join(' and ');
    byNeed.set(need, [...(byNeed.get(need) ?? []), id]);
  }
  const reasons = [...byNeed].map(([need, ids]) => `needs ${need} (${ids.join(', ')})`);
  return `${held}; ${notRun.length} not run${reasons.length > 0 ? `: ${reasons.join('; ')}` : ''}`;
}
