import { countTasks } from '../ids/task-ranges.ts';
import type { AdapterCapabilities } from '../seam/adapter-capabilities.ts';
import type { JobAdapter } from '../seam/job-adapter.ts';
import type { ChildObservation, LogPage, StateCounts } from '../seam/observation.ts';
import type { FindOutcome, SubmitOutcome } from '../seam/outcomes.ts';
import type { Part } from '../seam/part.ts';
import { isFinalState } from '../state/job-state.ts';
import type { JobStatus, LiveStatus } from '../state/job-status.ts';

/** A job of the null backend: a test moves it. */
export interface NullJob {
  readonly part: Part;
  status: JobStatus;
  readonly logs: string[];
  readonly files: Map<string, string>;
  readonly children: ChildObservation[];
  /** Artifacts of tasks, for an array. */
  listed?: readonly { readonly child: number; readonly path: string; readonly text: string }[];
  hidden: boolean;
}

export interface NullBackend {
  readonly jobs: Map<string, NullJob>;
  readonly calls: string[];
  /** What the next submits answer, before the backend's own answer. */
  readonly answers: (SubmitOutcome | 'lost-reply' | 'never-arrives')[];
  readonly finds: FindOutcome[];
  observeFails: Error | undefined;
  logsFail: Error | undefined;
  /** Runs while a submit is under way. */
  onSubmit: (() => void) | undefined;
  refuse: { readonly code: string; readonly message: string } | undefined;
  job(index?: number): NullJob;
}

const at = new Date('2026-11-23T12:00:00Z');
export const running = (attempt: LiveStatus['attempt'] = '1.0'): JobStatus => ({ state: 'running', attempt, at });
export const succeeded: JobStatus = { state: 'succeeded', attempt: '1.0', at, exitCode: 0 };
export const failed: JobStatus = {
  state: 'failed',
  attempt: '1.0',
  at,
  reason: 'exit-nonzero',
  exitCode: 3,
  message: 'The command ended with exit code 3.',
};

/** A backend in memory, moved by the test, that core's own tests run against. */
export function nullBackend(): NullBackend {
  const jobs = new Map<string, NullJob>();
  return {
    jobs,
    calls: [],
    answers: [],
    finds: [],
    observeFails: undefined,
    logsFail: undefined,
    onSubmit: undefined,
    refuse: undefined,
    job(index = 0) {
      const job = [...jobs.values()][index];
      if (!job) throw new Error(`The null backend has no job ${index}.`);
      return job;
    },
  };
}

export function nullAdapter(
  backend: NullBackend,
  id = 'null',
  targetId = 'nowhere',
  capabilities: Partial<AdapterCapabilities> = {},
): JobAdapter<'command' | 'workflow', { readonly color?: string }> {
  const sent = new Set<string>();
  const add = (part: Part): SubmitOutcome => {
    const nativeId = part.key.token;
    if (!backend.jobs.has(nativeId)) {
      const status: JobStatus = { state: 'queued', attempt: `${part.key.submission}.0`, at };
      backend.jobs.set(nativeId, { part, status, logs: [], files: new Map(), children: [], hidden: false });
    }
    return { type: 'accepted', nativeId };
  };
  const jobOf = (ref: {
    readonly submissions: readonly { readonly parts: readonly { readonly nativeId: string }[] }[];
  }) => backend.jobs.get(ref.submissions.at(-1)?.parts[0]?.nativeId ?? '');
  return {
    specificationVersion: 'v1',
    id,
    capabilities: {
      kinds: { command: true, workflow: true },
      submitOnce: 'guard',
      visibleAfterSeconds: 0,
      forgottenAfterSeconds: 1e9,
      arrays: { maxCount: 1_000_000, maxConcurrent: 'native' },
      parallel: true,
      containers: true,
      dependencies: {},
      retries: { 'exit-nonzero': 'owner', 'node-failure': 'owner', 'out-of-memory': 'refused' },
      ...capabilities,
      logs: 'live',
      cancel: 'immediate',
      timeLimitResolutionSeconds: 1,
      cadence: { fastestMs: 1, slowestMs: 4 },
    },
    target: async () => ({ adapter: id, id: targetId, describe: { place: targetId } }),
    plan: async (job) => ({
      target: { adapter: id, id: targetId, describe: {} },
      parts: 1,
      requests: [{ name: job.name }],
      values: [],
      features: [],
    }),
    prepare: async (parts) => {
      backend.calls.push(`prepare ${parts.length}`);
      const { refuse } = backend;
      return parts.map(() =>
        refuse ? { type: 'refused', error: { ...refuse, retryable: false } } : { type: 'prepared' },
      );
    },
    submit: async (parts) => {
      backend.calls.push(`submit ${parts.length}`);
      backend.onSubmit?.();
      return parts.map((part) => {
        // A real backend would run it twice.
        if (sent.has(part.key.token)) throw new Error('this submission was sent before');
        sent.add(part.key.token);
        const answer = backend.answers.shift();
        if (answer === undefined) return add(part as Part);
        if (answer === 'never-arrives') return { type: 'unknown', cause: new Error('the line went dead') };
        if (answer === 'lost-reply') add(part as Part);
        return typeof answer === 'string' ? { type: 'unknown', cause: new Error('reply lost') } : answer;
      });
    },
    find: async (keys) => {
      backend.calls.push(`find ${keys.length}`);
      return keys.map(({ token }) => {
        const scripted = backend.finds.shift();
        if (scripted) return scripted;
        return backend.jobs.has(token)
          ? { type: 'found', nativeId: token }
          : { type: 'absent', evidence: { fenced: true } };
      });
    },
    observe: async (targets) => {
      backend.calls.push(`observe ${targets.length}`);
      if (backend.observeFails) throw backend.observeFails;
      return {
        covered: targets.map(({ ref }) => ref),
        seen: targets.flatMap(({ ref }) => {
          const job = jobOf(ref);
          if (!job || job.hidden) return [];
          return [
            {
              ref,
              status: job.status,
              evidence: { saw: job.status.state },
              ...(ref.count ? { counts: countsOf(job, countTasks(job.part.tasks ?? [])) } : {}),
            },
          ];
        }),
      };
    },
    listChildren: async (ref, query) => {
      const rows = jobOf(ref)?.children ?? [];
      if (query.index !== undefined) return { items: rows.filter(({ child }) => child === query.index), end: true };
      backend.calls.push('ended children');
      const from = Number(query.cursor ?? 0);
      const ended = rows.filter(({ status }) => isFinalState(status.state));
      const job = jobOf(ref);
      return {
        items: ended.slice(from),
        cursor: String(ended.length),
        end: job !== undefined && isFinalState(job.status.state),
      };
    },
    cancel: async (targets) =>
      targets.map(({ ref }) => {
        const job = jobOf(ref);
        if (!job || isFinalState(job.status.state)) return { type: 'already-ended' };
        job.status = {
          state: 'cancelled',
          attempt: job.status.attempt,
          at,
          reason: 'cancelled-by-user',
          message: 'Cancelled.',
        };
        return { type: 'requested' };
      }),
    readLogs: async (ref, { cursor, tailLines }): Promise<LogPage> => {
      if (backend.logsFail) throw backend.logsFail;
      const job = jobOf(ref);
      const from = tailLines === undefined ? Number(cursor ?? 0) : Math.max(0, (job?.logs.length ?? 0) - tailLines);
      const lines = (job?.logs.slice(from) ?? []).map((text, index) => ({
        text,
        stream: 'stdout' as const,
        attempt: job?.status.attempt ?? ('1.0' as const),
        cursor: String(from + index + 1),
      }));
      return { lines, cursor: String(from + lines.length), end: job !== undefined && isFinalState(job.status.state) };
    },
    listArtifacts: async (ref, { cursor }) => {
      const job = jobOf(ref);
      const ended = job !== undefined && isFinalState(job.status.state);
      if (job?.listed) {
        const items = job.listed.map(({ child, path, text }) => ({
          child,
          path,
          uri: `null:///${child}/${path}`,
          sizeBytes: text.length,
          version: '1',
        }));
        return { items: cursor === undefined ? items : [], cursor: 'all', end: ended };
      }
      const files = [...(job?.files ?? [])].slice(Number(cursor ?? 0));
      const items = files.map(([path, text]) => ({
        path,
        uri: `null:///${path}`,
        sizeBytes: Buffer.byteLength(text),
        version: '1',
      }));
      return ended
        ? { items, cursor: String(job.files.size), end: true }
        : { items: [], cursor: cursor ?? '0', end: false };
    },
    openArtifact: async (ref, { path }) => new Blob([jobOf(ref)?.files.get(path) ?? '']).stream(),
    close: async () => {
      backend.calls.push('close');
    },
  };
}

function countsOf(job: NullJob, count: number): StateCounts {
  const counts: Record<string, number> = {};
  for (const { status } of job.children) counts[status.state] = (counts[status.state] ?? 0) + 1;
  return { ...counts, queued: count - job.children.length };
}
