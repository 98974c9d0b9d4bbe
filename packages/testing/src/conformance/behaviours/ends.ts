import assert from 'node:assert/strict';
import { CommandJob, WorkflowJob } from '@scijob/core';
import { FAILURE_REASONS } from '@scijob/core/adapter';
import type { Behaviour, Chapter } from '../behaviour.ts';
import { exits } from '../bench/tasks.ts';

function failsWith(code: number, rule: string): Behaviour {
  return {
    id: `exit-${code}`,
    title: `says "failed" of a command that exits with ${code}, with a reason and words for it`,
    rule,
    given: ['commands'],
    async run(bench) {
      const { last } = await bench.run(exits(bench, code));

      assert.equal(last.status.state, 'failed');
      if (last.status.state !== 'failed') return;
      assert.ok((FAILURE_REASONS as readonly string[]).includes(last.status.reason), last.status.reason);
      assert.ok(last.status.message.length > 0, 'a failure has words');
      if (code < 128) assert.equal(last.status.exitCode, code);
      else assert.ok(last.status.exitCode === undefined || last.status.exitCode === code);
    },
  };
}

export const ends: Chapter = {
  name: 'how jobs end',
  behaviours: [
    {
      id: 'exit-0',
      title: 'says "succeeded" of a command that exits with 0, and gives no reason',
      rule: 'R2: terminal on positive evidence',
      given: ['commands'],
      async run(bench) {
        const { last } = await bench.run(exits(bench, 0));

        assert.equal(last.status.state, 'succeeded');
        assert.ok(!('reason' in last.status));
        if (last.status.state === 'succeeded') assert.equal(last.status.exitCode ?? 0, 0);
        assert.ok(last.status.at instanceof Date && !Number.isNaN(last.status.at.getTime()));
      },
    },
    failsWith(1, 'I3: never success without evidence'),
    failsWith(3, 'R2: the code is the command’s'),
    failsWith(126, 'R2: a program that cannot be run'),
    failsWith(127, 'R2: a program that is not there'),
    failsWith(137, 'R2: killed, or exited so itself'),
    failsWith(255, 'R2: the highest code there is'),
    {
      id: 'exit-nonzero-reason',
      title: 'gives exit-nonzero as the reason of an ordinary failure',
      rule: 'DESIGN §4: state × reason',
      given: ['commands'],
      async run(bench) {
        const { last } = await bench.run(exits(bench, 3));

        assert.equal(last.status.state === 'failed' && last.status.reason, 'exit-nonzero');
      },
    },
    {
      id: 'killed-by-signal',
      title: 'never gives the exit code 0 to a command that was killed',
      rule: 'I3 (nextflow#4096): an end without an exit code is none with 0',
      given: ['commands'],
      async run(bench) {
        const { last } = await bench.run({ command: bench.shell('kill -KILL $$'), does: { signal: 9 } });

        assert.equal(last.status.state, 'failed');
        if (last.status.state !== 'failed') return;
        assert.ok(last.status.exitCode === undefined || last.status.exitCode === 137, `${last.status.exitCode}`);
      },
    },
    {
      id: 'crashed-by-signal',
      title: 'says "failed" of a command that crashed',
      rule: 'I3: an end without an exit code is none with 0',
      given: ['commands'],
      async run(bench) {
        const { last } = await bench.run({ command: bench.shell('kill -SEGV $$'), does: { signal: 11 } });

        assert.equal(last.status.state, 'failed');
        if (last.status.state !== 'failed') return;
        assert.ok(last.status.exitCode === undefined || last.status.exitCode === 139, `${last.status.exitCode}`);
      },
    },
    {
      id: 'program-not-there',
      title: 'says "failed" of a program that is not there, and names it or says why',
      rule: 'R5: everything ends',
      given: ['commands'],
      needs: ['programs'],
      async run(bench) {
        const { last } = await bench.run({ command: ['scijob-no-such-program', '--x'], does: { exitCode: 127 } });

        assert.equal(last.status.state, 'failed');
        if (last.status.state !== 'failed') return;
        assert.ok(['misconfigured', 'exit-nonzero'].includes(last.status.reason), last.status.reason);
      },
    },
    {
      id: 'workflow-refused',
      title: 'refuses a workflow where it runs none, by name',
      rule: 'DESIGN §4: refused by name, never dropped',
      without: 'workflows',
      async run(bench) {
        const client = await bench.client();
        const job = new WorkflowJob({ name: 'variants', workflow: { id: '1234567' }, parameters: {} });

        await assert.rejects(bench.time.drive(client.submit(job as never)), /workflow/);
      },
    },
    {
      id: 'command-refused',
      title: 'refuses a command where it runs none, by name',
      rule: 'DESIGN §4: refused by name, never dropped',
      without: 'commands',
      async run(bench) {
        const client = await bench.client();

        await assert.rejects(
          bench.time.drive(client.submit(new CommandJob({ name: 'true', command: ['true'] }) as never)),
          /command/,
        );
      },
    },
  ],
};
