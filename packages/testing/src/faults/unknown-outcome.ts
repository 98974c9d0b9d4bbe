import type { AnswerOf, Fault, FaultyCall, OneOrMore } from './fault.ts';
import { toList } from './fault.ts';
import { InjectedFaultError } from './injected-fault-error.ts';
import { always, type When } from './when.ts';

type MethodWithUnknown = 'submit' | 'find' | 'cancel';

/**
 * Single items of a plural call come back `unknown`, the others as they are: `unknownOutcome('submit', nth(3))` hits the
 * third part that is ever sent.
 */
export function unknownOutcome(
  methods: OneOrMore<MethodWithUnknown>,
  when: When = always,
  {
    lost = 'reply',
  }: {
    /** `reply`: the backend did it. `request`: it never heard of it. */ readonly lost?: 'reply' | 'request';
  } = {},
): Fault {
  const items = new Map<MethodWithUnknown, number>();
  const inject = async <M extends MethodWithUnknown>(call: FaultyCall<M>): Promise<AnswerOf<M>> => {
    const [asked, ...rest] = call.arguments as unknown as [readonly unknown[], ...unknown[]];
    const hit = asked.map(() => {
      const item = (items.get(call.method) ?? 0) + 1;
      items.set(call.method, item);
      return call.hits(when, item);
    });
    if (!hit.includes(true)) return call.proceed();
    const sent = lost === 'reply' ? asked : asked.filter((_, index) => !hit[index]);
    const answered = [
      ...((sent.length === 0
        ? []
        : await call.proceed([sent, ...rest] as unknown as typeof call.arguments)) as readonly unknown[]),
    ];
    call.injected(`${hit.filter(Boolean).length} of ${asked.length} unknown, the ${lost} lost`);
    const outcomes = hit.map((isHit) => {
      const outcome = isHit && lost === 'request' ? undefined : answered.shift();
      const cause = new InjectedFaultError(`injected: the ${lost} was lost`);
      return isHit ? { type: 'unknown', cause } : outcome;
    });
    return outcomes as unknown as AnswerOf<M>;
  };
  return {
    name: `unknown outcome, ${lost} lost (${when.words})`,
    on: Object.fromEntries(toList(methods).map((method) => [method, inject])),
  };
}
