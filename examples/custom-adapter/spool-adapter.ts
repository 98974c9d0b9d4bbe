import { hostname } from 'node:os';
import { Readable } from 'node:stream';
import { defineAdapter, eachOne, type JobAdapter, type JobRef, type Part, type PartKey } from '@scijob/core/adapter';
import { classifySpoolError } from './classify-spool-error.ts';
import { findRefusal } from './find-refusal.ts';
import { mapSpoolState } from './map-spool-state.ts';
import { SpoolClient } from './spool-client.ts';
import { requireSpoolOptions, type SpoolOptions } from './spool-options.ts';
import { toSpoolPlan } from './to-spool-plan.ts';

/**
 * Runs jobs as detached processes, each in a folder of its own. No daemon: a job is started when it is submitted, and
 * scijob's wrapper in its folder writes down what becomes of it.
 */
export function createSpool(options: SpoolOptions): JobAdapter<'command'> {
  const { directory } = requireSpoolOptions(options);
  const spool = new SpoolClient(directory);
  const target = async () => ({ adapter: 'spool', id: `${hostname()}:${directory}`, describe: { directory } });

  return defineAdapter<'command'>({
    id: 'spool',
    capabilities: {
      kinds: { command: true },
      // The wrapper claims the folder before it starts the command: a second one refuses itself.
      submitOnce: 'guard',
      visibleAfterSeconds: 0,
      forgottenAfterSeconds: Number.POSITIVE_INFINITY,
      logs: 'after-exit',
      cadence: { fastestMs: 50, slowestMs: 1_000 },
    },
    target,
    plan: async (job) => toSpoolPlan(job, await target()),
    prepare: (parts) =>
      Promise.all(
        parts.map(async (part) => {
          const refusal = findRefusal(part);
          if (refusal) return { type: 'refused', error: refusal } as const;
          try {
            await spool.prepare(part);
            return { type: 'prepared' } as const;
          } catch (error) {
            return { type: 'refused', error: classifySpoolError(error) } as const;
          }
        }),
      ),
    submit: eachOne(async ({ key }: Part, context) => {
      if (await spool.start(key.token, context)) return { type: 'accepted', nativeId: key.token } as const;
      const message = `The part ${key.token} was not prepared, or given up before it was sent.`;
      return { type: 'refused', error: { code: 'NOT_PREPARED', message, retryable: false } } as const;
    }),
    find: eachOne(async ({ key, token }: PartKey) => {
      const owner = await spool.readPart(token);
      if (owner && owner.key !== key) throw new Error(`The folder ${token} belongs to another key.`);
      // Who claims first decides: from here on either the wrapper has it, or nobody ever will.
      if (await spool.fence(token)) return { type: 'absent', evidence: { fenced: token } } as const;
      return { type: 'found', nativeId: token } as const;
    }),
    observe: async (targets, context) => {
      const looks = await Promise.all(
        targets.map(async ({ ref }) => {
          const part = await spool.readPart(tokenOf(ref));
          if (part && part.key !== ref.key) return { covered: [], seen: [] };
          if (!part) return { covered: [ref], seen: [] };
          const records = await spool.readRecords(tokenOf(ref), context);
          const status = mapSpoolState(part, records, context.clock.now());
          return {
            covered: [ref],
            seen: [{ ref, status, evidence: { folder: tokenOf(ref), records: records.names } }],
          };
        }),
      );
      return { covered: looks.flatMap(({ covered }) => covered), seen: looks.flatMap(({ seen }) => seen) };
    },
    readLogs: async (ref, query, context) => {
      const first = Number(query.cursor ?? 0);
      const part = await spool.readPart(tokenOf(ref));
      const hasEnded = part && (await spool.readRecords(tokenOf(ref), context)).end;
      if (!hasEnded) return { lines: [], cursor: String(first), end: false };
      const all = await spool.readLines(tokenOf(ref), part.attempt);
      const from = query.tailLines === undefined ? first : Math.max(first, all.length - query.tailLines);
      const lines = all.slice(from).map((line, at) => ({ ...line, cursor: String(from + at + 1) }));
      return { lines, cursor: String(all.length), end: true };
    },
    listArtifacts: async (ref) => {
      const items = await spool.listOutputs(tokenOf(ref));
      return { items: items ?? [], end: items !== undefined };
    },
    openArtifact: async (ref, artifact, range) => {
      // Only what the wrapper found is opened: no path of a caller ever reaches the disk.
      const now = (await spool.listOutputs(tokenOf(ref)))?.find(({ path }) => path === artifact.path);
      if (now?.version !== artifact.version) throw new Error(`The output ${artifact.path} is not the one listed.`);
      return Readable.toWeb(spool.open(now, range)) as ReadableStream<Uint8Array>;
    },
  });
}

/** Core hands out refs with one submission and one part. */
function tokenOf({ submissions }: JobRef): string {
  return submissions.at(-1)?.parts[0]?.nativeId ?? '';
}
