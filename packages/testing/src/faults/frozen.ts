import type { CallContext } from '@scijob/core/adapter';
import type { AnswerOf, ArgumentsOf, Fault, FaultableMethod, FaultyCall, OneOrMore } from './fault.ts';
import { onEach } from './fault.ts';
import { always, type When } from './when.ts';

export interface FrozenFault extends Fault {
  /** Lets all go that is held up now. Resolves when every late request has been carried out. */
  thaw(): Promise<void>;
}

/**
 * The backend does not answer until it thaws; the caller gives up when its signal aborts. A frozen scheduler keeps what
 * it was sent: the request is carried out when it thaws, long after the caller has been told that it failed.
 *
 * @example
 * const freeze = frozen('submit', nth(1));
 */
export function frozen(
  methods: OneOrMore<FaultableMethod>,
  when: When = always,
  {
    holds = 'request',
  }: {
    /** `request`: carried out late. `reply`: carried out at once, told late. */
    readonly holds?: 'request' | 'reply';
  } = {},
): FrozenFault {
  const held = new Set<() => Promise<void>>();
  const thaw = async () => {
    await Promise.all([...held].map((release) => release()));
  };
  const inject = async <M extends FaultableMethod>(call: FaultyCall<M>): Promise<AnswerOf<M>> => {
    if (!call.hits(when)) return call.proceed();
    call.injected(`frozen, the ${holds} held back`);
    const done = holds === 'reply' ? call.proceed() : undefined;
    done?.catch(() => {});
    const { promise, resolve, reject } = Promise.withResolvers<AnswerOf<M>>();
    promise.catch(() => {});
    const { signal } = call.context;
    const giveUp = () => reject(signal.reason);
    const release = async () => {
      held.delete(release);
      const late = done ?? call.proceed(withoutCaller(call.arguments));
      resolve(late);
      await late.then(
        () => call.injected(`the ${holds} let go`),
        (error: unknown) => call.injected(`the ${holds} let go, in vain: ${error}`),
      );
    };
    held.add(release);
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
    return promise.finally(() => signal.removeEventListener('abort', giveUp));
  };
  return { name: `frozen ${holds} (${when.words})`, on: onEach(methods, inject), thaw, release: thaw };
}

/** The caller may have gone: what the backend does with a request that arrived, it does without asking who sent it. */
function withoutCaller<M extends FaultableMethod>(given: ArgumentsOf<M>): ArgumentsOf<M> {
  const { clock, logger } = given.at(-1) as CallContext;
  const late: CallContext = {
    signal: new AbortController().signal,
    deadline: Number.POSITIVE_INFINITY,
    clock,
    logger,
    budget: { take: async () => {}, throttled: () => {} },
    pause: (ms) => clock.sleep(ms),
  };
  return [...given.slice(0, -1), late] as unknown as ArgumentsOf<M>;
}
