import { isFinal, type JobAdapter, type JobRef, type Observation, type Part, type Sweep } from '@scijob/core/adapter';

/** What a careless client does with an answer, put between core and the faults: core then hears what it would have believed. */
// biome-ignore lint/suspicious/noExplicitAny: the journeys use no options of a backend's own.
export type Layer = (adapter: JobAdapter<'command', any>) => JobAdapter<'command', any>;

const at = new Date('2026-11-23T12:00:00Z');
const succeeded = (ref: JobRef): Observation => ({
  ref,
  status: { state: 'succeeded', attempt: '1.0', at, exitCode: 0 },
  evidence: 'naive',
});

/** An error means that it was not sent: it is sent again, under another name. */
export const resendsOnError: Layer = (adapter) => ({
  ...adapter,
  submit: async (parts, context) => {
    const outcomes = await adapter.submit(parts, context).catch(() => undefined);
    const lost = parts.filter((_, index) => outcomes?.[index]?.type !== 'accepted');
    if (outcomes && lost.length === 0) return outcomes;
    const again = parts.map((part) => ({ ...part, key: { ...part.key, token: otherToken(part) } }));
    await adapter.prepare(again, context);
    return adapter.submit(again, context);
  },
});

function otherToken({ key }: Part): string {
  return [...key.token].reverse().join('');
}

/** What is not in the queue has ended well. */
export const absentIsDone: Layer = (adapter) => ({
  ...adapter,
  observe: async (targets, context) => {
    const sweep = await adapter.observe(targets, context);
    const shown = new Set(sweep.seen.map(({ ref }) => ref.key));
    return { ...sweep, seen: [...sweep.seen, ...sweep.covered.filter(({ key }) => !shown.has(key)).map(succeeded)] };
  },
});

/** A queue that cannot be read is empty, and what is not in it has ended well. */
export const failedPollIsEmpty: Layer = (adapter) => ({
  ...adapter,
  observe: async (targets, context): Promise<Sweep> => {
    const covered = targets.map(({ ref }) => ref);
    const sweep = await adapter.observe(targets, context).catch(() => undefined);
    return isSweep(sweep) ? sweep : { covered, seen: covered.map(succeeded) };
  },
});

function isSweep(sweep: unknown): sweep is Sweep {
  const isRow = (row: Partial<Observation> | undefined) => row?.ref !== undefined;
  return Array.isArray((sweep as Sweep | undefined)?.seen) && (sweep as Sweep).seen.every(isRow);
}

/** What was not covered has ended well: a sweep is always whole. */
export const sweepsAreWhole: Layer = (adapter) => ({
  ...adapter,
  observe: async (targets, context) => {
    const sweep = await adapter.observe(targets, context);
    const covered = new Set(sweep.covered.map(({ key }) => key));
    const rest = targets.map(({ ref }) => ref).filter(({ key }) => !covered.has(key));
    return { covered: targets.map(({ ref }) => ref), seen: [...sweep.seen, ...rest.map(succeeded)] };
  },
});

/** A row is about the job that has its id now. */
export const idsAreEnough: Layer = (adapter) => ({
  ...adapter,
  observe: async (targets, context) => {
    const sweep = await adapter.observe(targets, context);
    const mine = new Map(targets.map(({ ref }) => [idOf(ref), ref]));
    return { ...sweep, seen: sweep.seen.map((row) => ({ ...row, ref: mine.get(idOf(row.ref)) ?? row.ref })) };
  },
});

function idOf({ submissions }: JobRef): string | undefined {
  return submissions.at(-1)?.parts[0]?.nativeId;
}

/** Who is listed a second time has been taken off the first list: it has ended well. */
export const secondRowIsTheEnd: Layer = (adapter) => ({
  ...adapter,
  observe: async (targets, context) => {
    const sweep = await adapter.observe(targets, context);
    const before = new Set<string>();
    const seen = sweep.seen.map((row) => {
      if (before.has(row.ref.key)) return succeeded(row.ref);
      before.add(row.ref.key);
      return row;
    });
    return { ...sweep, seen };
  },
});

/** A row is about now, whatever attempt it names. */
export const attemptsAreOne: Layer = (adapter) => ({
  ...adapter,
  observe: async (targets, context) => {
    const sweep = await adapter.observe(targets, context);
    const toFirst = (row: Observation) => ({ ...row, status: { ...row.status, attempt: '1.0' as const } });
    return { ...sweep, seen: sweep.seen.map(toFirst) };
  },
});

/** The last word counts: whatever is shown is what happens now. */
export const lastWordCounts: Layer = (adapter) => {
  let restart = 0;
  return {
    ...adapter,
    observe: async (targets, context) => {
      const sweep = await adapter.observe(targets, context);
      restart += 1;
      const toNow = (row: Observation) => ({ ...row, status: { ...row.status, attempt: `1.${restart}` as const } });
      return { ...sweep, seen: sweep.seen.map(toNow) };
    },
  };
};

/** The last page is the short one: so are pages read that hold this many rows, once the job has ended. */
export const shortPageIsLast =
  (rows: number): Layer =>
  (adapter) => {
    const ended = new Set<string>();
    return {
      ...adapter,
      observe: async (targets, context) => {
        const sweep = await adapter.observe(targets, context);
        for (const { ref, status } of sweep.seen) if (isFinal(status)) ended.add(ref.key);
        return sweep;
      },
      listArtifacts: async (ref, query, context) => {
        const page = await adapter.listArtifacts(ref, query, context);
        const isShort = ended.has(ref.key) && page.items.length > 0 && page.items.length < rows;
        return { ...page, end: page.end || isShort };
      },
    };
  };

/** An empty page is the last one, wherever its cursor points. */
export const emptyPageIsLast: Layer = (adapter) => ({
  ...adapter,
  readLogs: async (ref, query, context) => {
    const page = await adapter.readLogs(ref, query, context);
    const moved = query.cursor !== undefined && page.cursor !== query.cursor;
    return { ...page, end: page.end || (page.lines.length === 0 && moved) };
  },
});

/** What came is what was meant: no length, no checksum. */
export const bytesAreBytes: Layer = (adapter) => ({
  ...adapter,
  openArtifact: async (ref, artifact, range, context) => {
    const bytes = await new Response(await adapter.openArtifact(ref, artifact, range, context)).arrayBuffer();
    // What core compares with is made of what came.
    Object.assign(artifact, { sizeBytes: bytes.byteLength, sha256: undefined });
    return new Blob([bytes]).stream();
  },
});

/** A second delivery is a second job: the backend neither de-duplicates nor guards. */
export const deliveriesAreJobs: Layer = (adapter) => {
  const seen = new Set<string>();
  return {
    ...adapter,
    submit: async (parts, context) => {
      const twice = parts.filter(({ key }) => seen.has(key.token));
      for (const { key } of parts) seen.add(key.token);
      const again = twice.map((part) => ({ ...part, key: { ...part.key, token: otherToken(part) } }));
      if (again.length > 0) {
        await adapter.prepare(again, context);
        await adapter.submit(again, context);
      }
      return adapter.submit(parts, context);
    },
  };
};
