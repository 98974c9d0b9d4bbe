import { InvalidJobError } from '../errors/invalid-job-error.ts';
import { deepFreeze } from '../util/deep-freeze.ts';
import { checkSchema } from './check-schema.ts';
import { workflowSpecSchema } from './job-schema.ts';
import type { CheckedWorkflow, WorkflowParameters, WorkflowSpec } from './job-spec.ts';
import { requireValid } from './require-valid.ts';
import type { ScientificJob } from './scientific-job.ts';

/**
 * A run of a registered workflow (AWS HealthOmics: WDL, Nextflow, CWL, Ready2Run). Immutable.
 *
 * @throws InvalidJobError naming every problem at once, the parameters' own schema included
 */
// biome-ignore lint/complexity/noBannedTypes: `{}` is "no outputs declared", as a default type argument.
export class WorkflowJob<R = {}, P = WorkflowParameters> implements ScientificJob<R, 'workflow'> {
  readonly kind = 'workflow' as const;
  readonly name: string;
  /** What was given, checked and frozen. */
  readonly spec: CheckedWorkflow;
  declare readonly '~outputs'?: R;

  constructor(spec: WorkflowSpec<R, P>) {
    const checked = requireValid('The workflow job', workflowSpecSchema, spec) as CheckedWorkflow;
    if (spec.workflow.schema) {
      const { issues } = checkSchema(spec.workflow.schema, spec.parameters);
      if (issues.length > 0) {
        throw new InvalidJobError(
          'The workflow job',
          issues.map((message) => ({ field: 'parameters', message })),
        );
      }
    }
    this.name = checked.name;
    this.spec = deepFreeze(checked);
    Object.freeze(this);
  }

  /** A copy with another name, or with some parameters changed. */
  with(changes: { readonly name?: string; readonly parameters?: Partial<P> }): WorkflowJob<R, P> {
    const spec = this.spec as unknown as WorkflowSpec<R, P>;
    return new WorkflowJob<R, P>({
      ...spec,
      ...(changes.name === undefined ? {} : { name: changes.name }),
      parameters: { ...(spec.parameters as object), ...changes.parameters } as WorkflowSpec<R, P>['parameters'],
    });
  }
}
