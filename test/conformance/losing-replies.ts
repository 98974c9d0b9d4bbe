import type { AnyAdapter } from '@scijob/testing/conformance';

/** An adapter one reply of which can be lost: what was asked is done, and nobody hears of it. */
export interface ReplyLosing {
  readonly adapter: AnyAdapter;
  loseNext(): void;
}

export function losingReplies(adapter: AnyAdapter): ReplyLosing {
  let losesNext = false;
  return {
    adapter: {
      ...adapter,
      submit: async (parts, context) => {
        const outcomes = await adapter.submit(parts, context);
        const isLost = losesNext;
        losesNext = false;
        return isLost ? parts.map(() => ({ type: 'unknown', cause: new Error('the reply was lost') })) : outcomes;
      },
    },
    loseNext: () => {
      losesNext = true;
    },
  };
}
