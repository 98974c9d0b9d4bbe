import type { Target } from '../ids/target.ts';
import type { Json } from '../util/json.ts';
import type { Support } from './adapter-capabilities.ts';
import type { Duty } from './duty.ts';

export interface PlannedFeature {
  readonly feature: string;
  readonly support: Support;
  readonly note?: string;
}

/** What a submit would do, without doing it. */
export interface SubmissionPlan {
  readonly target: Target;
  readonly parts: number;
  /** The native requests, exactly as they would be sent. */
  readonly requests: readonly Json[];
  /** Every value with where it comes from. */
  readonly values: readonly {
    readonly field: string;
    readonly value: Json;
    readonly from: 'options' | 'job' | 'adapter' | 'backend';
  }[];
  readonly features: readonly PlannedFeature[];
  /** What this client would have to stay alive for; filled in by core. */
  readonly duties?: readonly Duty[];
}
