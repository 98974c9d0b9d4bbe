import type { Part, Refusal } from '@scijob/core/adapter';

/** The first thing in a part that this backend cannot honour, by name and with the way out. Pure. */
export function findRefusal({ job, after }: Part): Refusal | undefined {
  const asked = {
    ...(after.length > 0 && { after }),
    ...(job.image !== undefined && { image: job.image }),
    ...(job.queue !== undefined && { queue: job.queue }),
    ...(job.account !== undefined && { account: job.account }),
    ...(job.priority !== undefined && { priority: job.priority }),
    ...(job.purchase !== undefined && { purchase: job.purchase }),
    ...(job.array && { map: job.array }),
    ...Object.fromEntries(Object.entries(job.resources).map(([name, value]) => [`resources.${name}`, value])),
    ...Object.fromEntries(
      Object.entries(job.inputs)
        .filter(([, source]) => !source.startsWith('/'))
        .map(([path, source]) => [`inputs[${JSON.stringify(path)}]`, source]),
    ),
    ...Object.fromEntries(
      Object.entries(job.secrets)
        .filter(([, reference]) => !reference.startsWith('env:'))
        .map(([name, reference]) => [`secrets.${name}`, reference]),
    ),
  };
  const [what] = Object.keys(asked);
  if (what === undefined) return undefined;
  const message = `The spool cannot honour \`${what}\`. Leave it out, or submit the job elsewhere.`;
  return { code: 'UNSUPPORTED', message, retryable: false };
}
