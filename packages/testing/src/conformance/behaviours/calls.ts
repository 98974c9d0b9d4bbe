import assert from 'node:assert/strict';
import type { CallContext } from '@scijob/core/adapter';
import type { Behaviour, Chapter } from '../behaviour.ts';
import type { Bench } from '../bench/bench.ts';
import { exits, lasts, writes } from '../bench/tasks.ts';
import { leftOpenBy } from './left-open-by.ts';

/** A call that is aborted, or whose time is over, is over within this, real time. */
const PROMPT_MS = 5_000;

async function isPrompt(call: Promise<unknown>, what: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} went on for ${PROMPT_MS} ms`)), PROMPT_MS);
  });
  // An answer is as good as an error: what counts is that it comes.
  const settled = call.then(
    () => {},
    () => {},
  );
  try {
    await Promise.race([settled, late]);
  } finally {
    clearTimeout(timer);
  }
}

const READS = {
  target: (bench: Bench, context: CallContext) => bench.adapter.target(context),
  plan: (bench: Bench, context: CallContext) => bench.adapter.plan(bench.job(exits(bench, 0)) as never, context),
  prepare: (bench: Bench, context: CallContext) =>
    bench.adapter.prepare([bench.part(exits(bench, 0))] as never, context),
} as const;

function abortBehaviour(name: keyof typeof READS): Behaviour {
  return {
    id: `abort-${name}`,
    title: `ends ${name}() at once when its signal is aborted`,
    rule: 'R5, I6: deadline or abort path everywhere',
    async run(bench) {
      await isPrompt(READS[name](bench, bench.context({ signal: AbortSignal.abort() })), `an aborted ${name}()`);
    },
  };
}

/** Each call about a job that is there. */
function callsAbout(
  bench: Bench,
  ref: Awaited<ReturnType<Bench['start']>>['ref'],
  key: Parameters<Bench['adapter']['find']>[0][number],
) {
  const { adapter } = bench;
  return {
    find: (context: CallContext) => adapter.find([key], context),
    observe: (context: CallContext) => adapter.observe([{ ref }], context),
    listChildren: (context: CallContext) => adapter.listChildren(ref, {}, context),
    readLogs: (context: CallContext) => adapter.readLogs(ref, {}, context),
    listArtifacts: (context: CallContext) => adapter.listArtifacts(ref, {}, context),
    explain: async (context: CallContext) => adapter.explain?.(ref, context),
  };
}

export const calls: Chapter = {
  name: 'calls',
  behaviours: [
    abortBehaviour('target'),
    abortBehaviour('plan'),
    abortBehaviour('prepare'),
    {
      id: 'abort-reads',
      title: 'ends every call about a job at once when its signal is aborted, and leaves the job alone',
      rule: 'R5: aborting a wait never cancels a job',
      async run(bench) {
        const { ref, part } = await bench.start(lasts(bench, 1));

        for (const [name, call] of Object.entries(callsAbout(bench, ref, part.key))) {
          await isPrompt(call(bench.context({ signal: AbortSignal.abort() })), `an aborted ${name}()`);
        }

        assert.equal((await bench.end({ ref })).status.state, 'succeeded');
      },
    },
    {
      id: 'abort-submit',
      title: 'leaves a submit that was aborted either made, refused or unknown, and tells which afterwards',
      rule: 'R1, failure 9 of §1.4: never an orphan',
      given: ['look-up window'],
      async run(bench) {
        const part = bench.part(exits(bench, 0));
        await bench.prepare([part]);
        const abort = new AbortController();
        const submitting = bench.adapter.submit([part] as never, bench.context({ signal: abort.signal })).then(
          ([outcome]) => outcome,
          () => undefined,
        );
        abort.abort();

        const outcome = await submitting;
        await bench.time.pass(bench.capabilities.visibleAfterSeconds * 1_000);
        const [found] = await bench.adapter.find([part.key], bench.context());

        if (outcome?.type === 'accepted') assert.deepEqual(found, { type: 'found', nativeId: outcome.nativeId });
        else assert.ok(found !== undefined, 'find answers');
        if (outcome?.type === 'refused') assert.notEqual(found?.type, 'found');
      },
    },
    {
      id: 'abort-artifact',
      title: 'ends the reading of an artifact when it is aborted, or gives up, before the end',
      rule: 'R5: `break` frees what is behind it',
      given: ['commands'],
      async run(bench) {
        const { ref } = await bench.run(writes(bench, 'out.txt', 'x'.repeat(100)));
        const { items } = await bench.adapter.listArtifacts(ref, {}, bench.context());
        const [artifact] = items;
        assert.ok(artifact);
        const abort = new AbortController();

        const stream = await bench.adapter.openArtifact(
          ref,
          artifact,
          undefined,
          bench.context({ signal: abort.signal }),
        );
        await isPrompt(stream.cancel(), 'cancelling a stream of an artifact');
        abort.abort();
        await isPrompt(
          bench.adapter.openArtifact(ref, artifact, undefined, bench.context({ signal: abort.signal })),
          'an aborted openArtifact()',
        );
      },
    },
    {
      id: 'deadline-passed',
      title: 'ends every call whose time is already over',
      rule: 'R5, I6: deadline or abort path everywhere',
      async run(bench) {
        const { ref, part } = await bench.start(lasts(bench, 1));

        for (const [name, call] of Object.entries(callsAbout(bench, ref, part.key))) {
          await isPrompt(call(bench.context({ deadlineMs: -1 })), `${name}() after its deadline`);
        }
        assert.equal((await bench.end({ ref })).status.state, 'succeeded');
      },
    },
    {
      id: 'calls-at-once',
      title: 'answers many calls at once as it answers them one by one',
      rule: 'R8: many may watch',
      async run(bench) {
        const { ref, last } = await bench.run(exits(bench, 3));

        const looks = await Promise.all(Array.from({ length: 20 }, () => bench.look(ref)));

        for (const look of looks) assert.deepEqual(look?.status, last.status);
      },
    },
    {
      id: 'submits-at-once',
      title: 'takes parts that are submitted in many calls at once, each once',
      rule: 'R1: each part once',
      async run(bench) {
        const codes = [1, 2, 3, 4, 5, 6];
        const started = await Promise.all(codes.map((code) => bench.start(exits(bench, code))));

        const ends = await bench.endAll(started);

        assert.equal(new Set(started.map(({ nativeId }) => nativeId)).size, codes.length);
        assert.deepEqual(
          ends.map(({ status }) => ('exitCode' in status ? status.exitCode : undefined)),
          codes,
        );
      },
    },
    {
      id: 'close-twice',
      title: 'may be closed twice, and before it was ever used',
      rule: 'R10: close() is idempotent',
      async run(bench) {
        await bench.adapter.close();
        await bench.adapter.close();
      },
    },
    {
      id: 'close-leaves-job',
      title: 'ends nothing remote by closing: the job runs on, and another process sees its end',
      rule: 'R10: close() ends everything local, nothing remote',
      needs: ['second'],
      async run(bench) {
        const { ref } = await bench.start(lasts(bench, 1));
        await bench.untilItRuns(ref);
        const second = bench.second();

        await bench.adapter.close();

        assert.equal((await bench.end({ ref }, { adapter: second })).status.state, 'succeeded');
      },
    },
    {
      id: 'close-leaves-nothing-open',
      title: 'leaves no timer, socket or process open that would keep a program alive',
      rule: 'R10, I10: nothing left behind',
      async run(bench) {
        const open = await leftOpenBy(async () => {
          await bench.run(exits(bench, 0));
          await bench.adapter.close();
        });

        assert.deepEqual(open, []);
      },
    },
    {
      id: 'close-while-called',
      title: 'ends a call that is under way when the adapter is closed',
      rule: 'R5: everything ends',
      async run(bench) {
        const { ref } = await bench.run(exits(bench, 0));
        const look = bench.look(ref).catch(() => undefined);

        await bench.adapter.close();

        await isPrompt(look, 'a call while the adapter was closed');
      },
    },
  ],
};
