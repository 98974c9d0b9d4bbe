import assert from 'node:assert/strict';
import { CommandJob } from '@scijob/core';
import type { Behaviour, Chapter } from '../behaviour.ts';
import { readAllLogs, texts } from '../bench/read-all-logs.ts';
import { exits } from '../bench/tasks.ts';

const NEEDS = { given: ['commands', 'parallel', 'logs'], needs: ['programs'] } as const satisfies Partial<Behaviour>;

export const parallels: Chapter = {
  name: 'several processes',
  behaviours: [
    {
      id: 'parallel-every-rank',
      title: 'starts so many processes, each with a rank of its own',
      rule: 'DESIGN §4: parallel',
      ...NEEDS,
      async run(bench) {
        const command = bench.shell('echo "rank $SCIJOB_RANK of $SCIJOB_RANK_COUNT"');

        const { ref, last } = await bench.run({ command, does: {}, parallel: { processesPerNode: 3 } });

        assert.equal(last.status.state, 'succeeded', JSON.stringify(last.status));
        assert.deepEqual(texts((await readAllLogs(bench, ref)).lines).toSorted(), [
          'rank 0 of 3',
          'rank 1 of 3',
          'rank 2 of 3',
        ]);
      },
    },
    {
      id: 'parallel-rank-logs',
      title: 'delivers the lines of one rank',
      rule: 'DESIGN §4: MPI ranks are children, logs only',
      ...NEEDS,
      async run(bench) {
        const command = bench.shell('echo "rank $SCIJOB_RANK"');
        const { ref } = await bench.run({ command, does: {}, parallel: { processesPerNode: 3 } });

        const { lines } = await readAllLogs(bench, ref, { child: 1 });

        assert.deepEqual(texts(lines), ['rank 1']);
      },
    },
    {
      id: 'parallel-one-fails',
      title: 'fails when one of the processes fails, and ends the others',
      rule: 'peers §7: main exit versus worker exit',
      ...NEEDS,
      async run(bench) {
        const command = bench.shell('[ "$SCIJOB_RANK" = 2 ] && exit 5; exec sleep 600');

        const { last } = await bench.run({ command, does: {}, parallel: { processesPerNode: 3 } });

        assert.equal(last.status.state, 'failed');
        assert.equal(last.status.state === 'failed' && last.status.exitCode, 5);
      },
    },
    {
      id: 'parallel-none-launcher',
      title: 'starts the command once when it starts its processes itself',
      rule: 'DESIGN §4: launcher none',
      ...NEEDS,
      async run(bench) {
        const command = bench.shell('echo once');
        const parallel = { processesPerNode: 3, launcher: 'none' } as const;

        const { ref } = await bench.run({ command, does: {}, parallel });

        assert.deepEqual(texts((await readAllLogs(bench, ref)).lines), ['once']);
      },
    },
    {
      id: 'parallel-refused',
      title: 'refuses several processes by name where it starts one',
      rule: 'DESIGN §4: refused by name, never dropped',
      given: ['commands'],
      without: 'parallel',
      async run(bench) {
        const client = await bench.client();
        const { command } = exits(bench, 0);
        const job = new CommandJob({ name: 'mpi', command, parallel: { nodes: 2 } });

        await assert.rejects(bench.time.drive(client.submit(job)), { name: 'UnsupportedError', message: /parallel/ });
        await assert.rejects(bench.time.drive(client.plan(job)), { name: 'UnsupportedError', message: /parallel/ });
      },
    },
  ],
};
