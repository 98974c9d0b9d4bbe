import type { Schema } from '@scijob/core';

export interface CallStats {
  readonly variants: number;
  /** Transitions over transversions: about 2.1 over a whole human genome, less when many calls are wrong. */
  readonly tiTv: number;
}

/** Any Standard Schema will do: zod, valibot, arktype. This one is written by hand. */
export const callStats: Schema<CallStats> = {
  '~standard': {
    version: 1,
    vendor: 'example',
    validate(value: unknown) {
      const { variants, tiTv } = (value ?? {}) as Partial<CallStats>;
      if (typeof variants === 'number' && typeof tiTv === 'number') return { value: { variants, tiTv } };
      return { issues: [{ message: 'must have the numbers `variants` and `tiTv`' }] };
    },
  },
};
