import type { CallContext, JobAdapter, JobKind } from '@scijob/core/adapter';
import { FAULTABLE_METHODS, type Fault, type FaultableMethod, type FaultyCall } from './fault.ts';
import type { Faults } from './faults.ts';
import { seededRandom } from './seeded-random.ts';

/**
 * The same adapter, with something wrong with it. What it does is still done by `adapter`: its backend keeps the record
 * of what really happened.
 *
 * @example
 * const faults = createFaults([replyLost('submit', nth(1))]);
 * const client = createClient({ adapters: { laptop: withFaults(createLocal(), faults) } });
 * …
 * console.log(String(faults));
 */
export function withFaults<K extends JobKind, Native>(
  adapter: JobAdapter<K, Native>,
  faults: Faults,
): JobAdapter<K, Native> {
  const calls = new Map<FaultableMethod, number>();
  let begunMs: number | undefined;
  const intercept = (method: FaultableMethod, send: Send) => {
    return async (...given: readonly unknown[]): Promise<unknown> => {
      const context = given.at(-1) as CallContext;
      begunMs ??= context.clock.monotonicMs();
      const at: Place = { method, nth: (calls.get(method) ?? 0) + 1, begunMs };
      calls.set(method, at.nth);
      const chain = faults.list.reduceRight<Send>((next, fault, index) => {
        const inject = fault.on[method] as ((call: AnyCall) => Promise<unknown>) | undefined;
        return inject ? (passed) => inject(toCall(faults, fault, index, at, passed, next)) : next;
      }, send);
      return chain(given);
    };
  };
  const methods = FAULTABLE_METHODS.flatMap((method) => {
    const implementation = adapter[method] as ((...given: readonly unknown[]) => Promise<unknown>) | undefined;
    return implementation ? [[method, intercept(method, (given) => implementation.apply(adapter, [...given]))]] : [];
  });
  const compileStep = adapter.compileStep?.bind(adapter);
  const subscribe = adapter.subscribe?.bind(adapter);
  return {
    specificationVersion: adapter.specificationVersion,
    id: adapter.id,
    capabilities: adapter.capabilities,
    ...(Object.fromEntries(methods) as Pick<JobAdapter<K, Native>, FaultableMethod>),
    ...(compileStep && { compileStep }),
    ...(subscribe && { subscribe }),
    close: () => adapter.close(),
  };
}

type Send = (given: readonly unknown[]) => Promise<unknown>;
type AnyCall = FaultyCall<FaultableMethod>;

interface Place {
  readonly method: FaultableMethod;
  readonly nth: number;
  readonly begunMs: number;
}

function toCall(
  faults: Faults,
  fault: Fault,
  index: number,
  { method, nth, begunMs }: Place,
  given: readonly unknown[],
  next: Send,
): AnyCall {
  const context = given.at(-1) as CallContext;
  const random = seededRandom(faults.seed, index, method, nth);
  const elapsedMs = () => context.clock.monotonicMs() - begunMs;
  return {
    method,
    arguments: given as AnyCall['arguments'],
    context,
    random,
    hits: (when, item) => !faults.stopped && when.hits({ nth: item ?? nth, elapsedMs: elapsedMs(), random }),
    proceed: (changed) => next(changed ?? given) as ReturnType<AnyCall['proceed']>,
    injected: (detail) => faults.record({ fault: fault.name, method, call: nth, atMs: elapsedMs(), detail }),
  };
}
