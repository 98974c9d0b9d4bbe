import type { CallContext } from './call-context.ts';

/** Turns a one-at-a-time function into a plural method: one outcome per item, in order, `unknown` for what throws. */
export function eachOne<One, Outcome>(
  fn: (one: One, context: CallContext) => Promise<Outcome>,
): (
  many: readonly One[],
  context: CallContext,
) => Promise<readonly (Outcome | { readonly type: 'unknown'; readonly cause: unknown })[]> {
  return (many, context) =>
    Promise.all(
      many.map(async (one) => {
        try {
          return await fn(one, context);
        } catch (cause) {
          return { type: 'unknown' as const, cause };
        }
      }),
    );
}
