import type { ArtifactInfo, ByteRange, LogPage } from '@scijob/core/adapter';
import type { FakeAdapter } from '@scijob/testing';
import type { BrokenAdapter } from './broken-adapter.ts';
import { changingParts } from './changing-parts.ts';

function readingLogs(adapter: FakeAdapter, change: (page: LogPage) => LogPage): Pick<FakeAdapter, 'readLogs'> {
  return { readLogs: async (ref, query, context) => change(await adapter.readLogs(ref, query, context)) };
}

function withText(adapter: FakeAdapter, change: (text: string) => string): Pick<FakeAdapter, 'readLogs'> {
  return readingLogs(adapter, (page) => ({
    ...page,
    lines: page.lines.map((line) => ({ ...line, text: change(line.text) })),
  }));
}

function opening(
  adapter: FakeAdapter,
  change: (artifact: ArtifactInfo, range: ByteRange | undefined) => readonly [ArtifactInfo, ByteRange | undefined],
): Pick<FakeAdapter, 'openArtifact'> {
  return {
    openArtifact: (ref, given, givenRange, context) => {
      const [artifact, range] = change(given, givenRange);
      return adapter.openArtifact(ref, artifact, range, context);
    },
  };
}

/** What may go wrong with children, logs, artifacts and at the end. */
export const brokenReading: readonly BrokenAdapter[] = [
  {
    name: 'drops the last child',
    breakIt: (adapter) => ({
      listChildren: async (ref, query, context) => {
        const page = await adapter.listChildren(ref, query, context);
        return { ...page, items: page.items.slice(0, -1) };
      },
    }),
    caughtBy: ['array-every-index-once', 'array-of-one', 'array-mixed-ends', 'array-child-by-index', 'client-map'],
  },
  {
    name: 'numbers children by their place in the part',
    breakIt: (adapter) => ({
      listChildren: async (ref, query, context) => {
        const page = await adapter.listChildren(ref, query, context);
        const tasks = ref.submissions[0]?.parts[0]?.tasks ?? [];
        const indexes = tasks.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, at) => from + at));
        return { ...page, items: page.items.map((item) => ({ ...item, child: indexes.indexOf(Number(item.child)) })) };
      },
    }),
    caughtBy: ['array-part-of-items'],
  },
  {
    name: 'begins the children anew at each page',
    breakIt: (adapter) => ({
      listChildren: async (ref, { cursor: _cursor, ...query }, context) => ({
        ...(await adapter.listChildren(ref, query, context)),
        end: true,
      }),
    }),
    caughtBy: ['array-every-index-once', 'array-children-cursor'],
  },
  {
    name: 'lists children in any state',
    breakIt: (adapter) => ({
      listChildren: (ref, { states: _states, ...query }, context) => adapter.listChildren(ref, query, context),
    }),
    caughtBy: ['array-children-states', 'array-failure-stops-none', 'array-output-missing'],
  },
  {
    name: 'counts a task twice',
    breakIt: (adapter) => ({
      observe: async (targets, context) => {
        const { covered, seen } = await adapter.observe(targets, context);
        return {
          covered,
          seen: seen.map((one) =>
            one.counts ? { ...one, counts: { ...one.counts, succeeded: (one.counts.succeeded ?? 0) + 1 } } : one,
          ),
        };
      },
    }),
    caughtBy: ['array-counts', 'array-part-of-items', 'array-failure-stops-none'],
  },
  {
    name: 'ignores maxConcurrent',
    breakIt: (adapter) =>
      changingParts(adapter, (part) => {
        if (!part.job.array) return part;
        const { maxConcurrent: _most, ...array } = part.job.array;
        return { ...part, job: { ...part.job, array } };
      }),
    caughtBy: ['array-max-concurrent'],
  },
  {
    name: 'repeats a line at the edge of a page',
    breakIt: (adapter) => {
      let last: LogPage['lines'] = [];
      return readingLogs(adapter, (page) => {
        const lines = [...last, ...page.lines];
        last = page.lines.slice(-1);
        return { ...page, lines };
      });
    },
    caughtBy: ['log-each-line-once', 'log-many-pages', 'log-end-cursor', 'log-cursor-repeatable'],
  },
  {
    name: 'drops a line at the edge of a page',
    breakIt: (adapter) => readingLogs(adapter, (page) => ({ ...page, lines: page.lines.slice(0, -1) })),
    caughtBy: ['log-each-line-once', 'log-no-newline', 'log-tail', 'client-logs'],
  },
  {
    name: 'begins the log anew at each cursor',
    breakIt: (adapter) => ({
      readLogs: async (ref, { cursor: _cursor, ...query }, context) => ({
        ...(await adapter.readLogs(ref, query, context)),
        end: true,
      }),
    }),
    caughtBy: ['log-resume-at-every-line', 'log-resume-streams', 'log-end-cursor', 'array-logs-resume'],
  },
  {
    name: 'gives every line the cursor of its page',
    breakIt: (adapter) =>
      readingLogs(adapter, (page) => ({
        ...page,
        lines: page.lines.map((line) => ({ ...line, cursor: page.cursor })),
      })),
    caughtBy: ['log-resume-at-every-line', 'log-resume-streams'],
  },
  {
    name: 'never ends a log',
    breakIt: (adapter) => readingLogs(adapter, (page) => ({ ...page, end: false })),
    caughtBy: ['log-end-cursor', 'log-silent', 'log-each-line-once'],
  },
  {
    name: 'ends a log while the job runs',
    breakIt: (adapter) => readingLogs(adapter, (page) => ({ ...page, end: true })),
    caughtBy: ['log-live', 'log-before-start', 'log-each-line-once'],
  },
  {
    name: 'trims lines',
    breakIt: (adapter) => withText(adapter, (text) => text.trim()),
    caughtBy: ['log-spaces'],
  },
  {
    name: 'drops empty lines',
    breakIt: (adapter) =>
      readingLogs(adapter, (page) => ({ ...page, lines: page.lines.filter(({ text }) => text !== '') })),
    caughtBy: ['log-empty-lines'],
  },
  {
    name: 'takes escape sequences away',
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken away.
    breakIt: (adapter) => withText(adapter, (text) => text.replace(/\u001b\[[0-9;]*m|[\r\u0007]/g, '')),
    caughtBy: ['log-escapes', 'log-cr'],
  },
  {
    name: 'reads logs as Latin-1',
    breakIt: (adapter) => withText(adapter, (text) => Buffer.from(text).toString('latin1')),
    caughtBy: ['log-unicode', 'log-many-pages'],
  },
  {
    name: 'calls every line stdout of attempt 9.9',
    breakIt: (adapter) =>
      readingLogs(adapter, (page) => ({
        ...page,
        lines: page.lines.map((line) => ({ ...line, stream: 'stdout', attempt: '9.9' })),
      })),
    caughtBy: ['log-streams-told'],
  },
  {
    name: 'gives the lines of all tasks for one',
    breakIt: (adapter) => ({
      readLogs: (ref, { child: _child, ...query }, context) => adapter.readLogs(ref, query, context),
    }),
    caughtBy: ['array-child-logs', 'array-part-logs'],
  },
  {
    name: 'ignores the tail',
    breakIt: (adapter) => ({
      readLogs: (ref, { tailLines: _tail, ...query }, context) => adapter.readLogs(ref, query, context),
    }),
    caughtBy: ['log-tail'],
  },
  {
    name: 'cuts artifacts short',
    breakIt: (adapter) => opening(adapter, (artifact, range) => [artifact, range ?? { start: 0, end: 2 }]),
    caughtBy: ['artifact-bytes', 'artifact-large', 'output-pattern', 'client-outputs'],
  },
  {
    name: 'reads one byte too many of a range',
    breakIt: (adapter) =>
      opening(adapter, (artifact, range) => [artifact, range && { start: range.start, end: range.end + 1 }]),
    caughtBy: ['artifact-range'],
  },
  {
    name: 'opens whatever version there is',
    breakIt: (adapter) => ({
      openArtifact: async (ref, artifact, range, context) => {
        const { items } = await adapter.listArtifacts(ref, {}, context);
        const now = items.find(({ path }) => path === artifact.path) ?? artifact;
        return adapter.openArtifact(ref, now, range, context);
      },
    }),
    caughtBy: ['artifact-other-version', 'artifact-changed'],
  },
  {
    name: 'opens nothing as an empty file',
    breakIt: (adapter) => ({
      openArtifact: (ref, artifact, range, context) =>
        adapter.openArtifact(ref, artifact, range, context).catch(() => new Blob([]).stream() as ReadableStream),
    }),
    caughtBy: ['artifact-not-there', 'artifact-outside', 'artifact-other-version'],
  },
  {
    name: 'lists an artifact twice',
    breakIt: (adapter) => ({
      listArtifacts: async (ref, query, context) => {
        const page = await adapter.listArtifacts(ref, query, context);
        return { ...page, items: [...page.items, ...page.items] };
      },
    }),
    caughtBy: ['artifact-bytes', 'output-twice-declared', 'output-pattern'],
  },
  {
    name: 'says that there is no artifact while the job runs',
    breakIt: (adapter) => ({
      listArtifacts: async (ref, query, context) => ({
        ...(await adapter.listArtifacts(ref, query, context)),
        end: true,
      }),
    }),
    caughtBy: ['artifacts-not-before-end'],
  },
  {
    name: 'takes a missing output for none that was asked for',
    breakIt: (adapter) => changingParts(adapter, (part) => ({ ...part, job: { ...part.job, outputs: {} } })),
    caughtBy: ['output-missing', 'output-missing-pattern', 'artifact-bytes', 'array-output-missing'],
  },
  {
    name: 'makes up a story about jobs it does not know',
    breakIt: () => ({ explain: async () => ({ summary: 'The job succeeded.', causes: [] }) }),
    caughtBy: ['explain-unknown', 'explain-failed'],
  },
  {
    name: 'goes on when it is aborted',
    breakIt: (adapter) => ({
      observe: (targets, { signal, ...context }) =>
        signal.aborted ? new Promise(() => {}) : adapter.observe(targets, { ...context, signal }),
    }),
    caughtBy: ['abort-reads'],
  },
  {
    name: 'leaves a timer behind when it is closed',
    breakIt: (adapter) => ({
      submit: (parts, context) => {
        // Long enough for the suite to see it, and no longer.
        setTimeout(() => {}, 8_000);
        return adapter.submit(parts, context);
      },
    }),
    caughtBy: ['close-leaves-nothing-open'],
  },
  {
    name: 'cannot be closed twice',
    breakIt: () => {
      let isClosed = false;
      return {
        close: async () => {
          if (isClosed) throw new Error('closed already');
          isClosed = true;
        },
      };
    },
    caughtBy: ['close-twice'],
  },
  {
    name: 'cancels its jobs when it is closed',
    breakIt: (adapter) => {
      const submitted: Parameters<FakeAdapter['submit']>[0][number][] = [];
      return {
        submit: (parts, context) => {
          submitted.push(...parts);
          return adapter.submit(parts, context);
        },
        close: async () => {
          for (const { key } of submitted) adapter.backend.end(key.token, 'cancelled-by-user');
        },
      };
    },
    caughtBy: ['close-leaves-job', 'client-close-leaves-job'],
  },
  {
    name: 'says other than its data what it can do',
    breakIt: (adapter) => ({ capabilities: { ...adapter.capabilities, cancel: 'none' } }),
    caughtBy: ['capabilities-as-told'],
  },
  {
    name: 'is not there for an empty list',
    breakIt: (adapter) => ({
      observe: (targets, context) => {
        if (targets.length === 0) throw new TypeError('Cannot read properties of undefined');
        return adapter.observe(targets, context);
      },
      find: async (keys, context) =>
        keys.length === 0 ? [{ type: 'unknown', cause: 'nothing' }] : adapter.find(keys, context),
    }),
    caughtBy: ['observe-nothing', 'find-nothing'],
  },
];
