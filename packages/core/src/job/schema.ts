/** Standard Schema (https://standardschema.dev): zod, valibot, arktype and friends fit. */
export interface Schema<Value> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => unknown;
    readonly types?: { readonly output: Value } | undefined;
  };
}
