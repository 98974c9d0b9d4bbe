import type { CallContext, JobAdapter } from '@scijob/core/adapter';
import type { When } from './when.ts';

/** What a fault can hit: every call of an adapter that answers. */
export const FAULTABLE_METHODS = [
  'target',
  'plan',
  'prepare',
  'submit',
  'find',
  'observe',
  'listChildren',
  'cancel',
  'readLogs',
  'listArtifacts',
  'openArtifact',
  'explain',
] as const satisfies readonly (keyof JobAdapter)[];

export type FaultableMethod = (typeof FAULTABLE_METHODS)[number];
type Implementation<M extends FaultableMethod> = NonNullable<JobAdapter[M]>;
export type ArgumentsOf<M extends FaultableMethod> = Parameters<Implementation<M>>;
export type AnswerOf<M extends FaultableMethod> = Awaited<ReturnType<Implementation<M>>>;

/** One call on its way to the adapter, as a fault sees it. */
export interface FaultyCall<M extends FaultableMethod> {
  readonly method: M;
  readonly arguments: ArgumentsOf<M>;
  readonly context: CallContext;
  readonly random: () => number;
  /** Whether this call, or item `nth` of several calls, is to be hit. Never after `faults.stop()`. */
  hits(when: When, nth?: number): boolean;
  /** Makes the call, by way of the faults that come after this one. */
  proceed(changed?: ArgumentsOf<M>): Promise<AnswerOf<M>>;
  /** Writes down that something was done to this call, and what. */
  injected(detail: string): void;
}

/** One kind of trouble: a table of what it does to which method. */
export interface Fault {
  readonly name: string;
  readonly on: { readonly [M in FaultableMethod]?: (call: FaultyCall<M>) => Promise<AnswerOf<M>> };
  /** Lets go of whoever is held up. Called by `faults.stop()`. */
  readonly release?: () => Promise<void>;
}

export type OneOrMore<T> = T | readonly T[];

export function toList<T extends string>(oneOrMore: OneOrMore<T>): readonly T[] {
  return typeof oneOrMore === 'string' ? [oneOrMore] : oneOrMore;
}

/** A fault that does the same to several methods. */
export function onEach<M extends FaultableMethod>(
  methods: OneOrMore<M>,
  inject: (call: FaultyCall<M>) => Promise<AnswerOf<M>>,
): Fault['on'] {
  return Object.fromEntries(toList(methods).map((method) => [method, inject]));
}
