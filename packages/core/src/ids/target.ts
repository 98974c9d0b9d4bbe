/** Which backend this is: non-secret, stable, the same from every machine that reaches it. Compared on `attach`. */
export interface Target {
  /** The adapter's kind, `local`, `slurm`, … */
  readonly adapter: string;
  /** Tells this backend from every other of its kind: a cluster, an account and region, a machine and directory. */
  readonly id: string;
  /** The same in words, for messages. */
  readonly describe: { readonly [field: string]: string };
}
