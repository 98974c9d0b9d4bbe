import type { FailureReason } from '../state/failure-reason.ts';
import type { Json } from '../util/json.ts';

export interface CompileContext {
  readonly language: 'jsonata';
  readonly stepName: string;
}

/** A job as a step of an AWS Step Functions state machine. */
export interface StepTemplate {
  readonly deploy: readonly Json[];
  readonly states: Json;
  readonly errors: { readonly [name: string]: FailureReason };
  readonly permissions: readonly Json[];
}
