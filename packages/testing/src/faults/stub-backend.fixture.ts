import {
  type ArtifactInfo,
  type CallContext,
  defineAdapter,
  type JobAdapter,
  type JobRef,
  type JobStatus,
  type Part,
} from '@scijob/core/adapter';

/** A backend of which everything is known: `rows` children, artifacts and log lines, three a page. */
export interface StubBackend {
  readonly adapter: JobAdapter<'command'>;
  readonly calls: string[];
  /** What each ref is shown as. @default running, in the first attempt */
  status: JobStatus;
}

const at = new Date('2026-11-23T12:00:00Z');
const ROWS = 7;
const PER_PAGE = 3;
export const BYTES = new TextEncoder().encode('twenty bytes of data');

export function stubBackend(): StubBackend {
  const calls: string[] = [];
  const page = <T>(cursor: string | undefined, toRow: (index: number) => T) => {
    const from = Number(cursor ?? 0);
    const until = Math.min(from + PER_PAGE, ROWS);
    const items = Array.from({ length: until - from }, (_, place) => toRow(from + place));
    return { items, cursor: String(until), end: until === ROWS };
  };
  const backend: StubBackend = {
    calls,
    status: { state: 'running', attempt: '1.0', at },
    adapter: defineAdapter({
      id: 'stub',
      capabilities: { kinds: { command: true } },
      target: async () => ({ adapter: 'stub', id: 'here', describe: {} }),
      submit: async (parts, { signal }) => {
        signal.throwIfAborted();
        calls.push(`submit ${parts.map(({ key }) => key.token).join(' ')}`);
        return parts.map(({ key }) => ({ type: 'accepted', nativeId: key.token }));
      },
      observe: async (targets) => {
        calls.push(`observe ${targets.length}`);
        const seen = targets.map(({ ref }) => ({ ref, status: backend.status, evidence: null }));
        return { covered: targets.map(({ ref }) => ref), seen };
      },
      listChildren: async (_ref, { cursor }) =>
        page(cursor, (child) => ({ child, status: { state: 'succeeded', attempt: '1.0', at } })),
      readLogs: async (_ref, { cursor }) => {
        const { items, ...rest } = page(cursor, (index) => ({
          text: `line ${index}`,
          stream: 'stdout' as const,
          attempt: '1.0' as const,
          cursor: String(index + 1),
        }));
        return { lines: items, ...rest };
      },
      listArtifacts: async (_ref, { cursor }) => page(cursor, (index) => anArtifact(`${index}.txt`)),
      openArtifact: async () => new Blob([BYTES]).stream(),
    }),
  };
  return backend;
}

export function aRef(key = 'a job', nativeId = key): JobRef {
  return {
    version: 1,
    target: { adapter: 'stub', id: 'here', describe: {} },
    key,
    jobHash: '',
    submissions: [{ number: 1, parts: [{ nativeId }] }],
    kind: 'command',
    count: ROWS,
    places: {},
  };
}

export function aPart(token: string): Part {
  return { key: { key: token, submission: 1, part: 0, token }, job: {}, after: [] } as unknown as Part;
}

export function anArtifact(path = 'data.txt'): ArtifactInfo {
  return { path, uri: `stub:///${path}`, sizeBytes: BYTES.length, version: '1' };
}

/** A context whose time stands where `at.ms` says. */
export function aContext({
  signal = new AbortController().signal,
  at: time = { ms: 0 },
}: {
  readonly signal?: AbortSignal;
  readonly at?: { ms: number };
} = {}): CallContext & { readonly told: string[] } {
  const told: string[] = [];
  const nothing = () => {};
  return {
    signal,
    deadline: Number.POSITIVE_INFINITY,
    logger: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    clock: { now: () => new Date(time.ms), monotonicMs: () => time.ms, sleep: async () => {} },
    budget: {
      take: async (api) => {
        told.push(`take ${api}`);
      },
      throttled: (api) => {
        told.push(`throttled ${api}`);
      },
    },
    pause: async (ms) => {
      time.ms += ms;
    },
    told,
  };
}
