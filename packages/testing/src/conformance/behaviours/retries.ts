import assert from 'node:assert/strict';
import { CommandJob } from '@scijob/core';
import { FAILURE_REASONS, isFinal } from '@scijob/core/adapter';
import type { Chapter } from '../behaviour.ts';
import { exits, lasts } from '../bench/tasks.ts';

/** Somebody meant it, or it would fail the same way again: no adapter is asked to try these again. */
const NEVER_RETRIED: readonly string[] = ['cancelled-by-user', 'cancelled-by-admin', 'dependency-failed'];

export const retries: Chapter = {
  name: 'retries',
  behaviours: [
    {
      id: 'retry-preempted',
      title: 'runs a job again that was taken off its machine, as the next attempt',
      rule: 'R4: a later attempt reopens the job (failure 30 of §1.4)',
      given: ['native retry.preempted'],
      needs: ['preempt'],
      async run(bench) {
        const { ref } = await bench.start(lasts(bench, 2, { retry: { preempted: 2 } }));
        await bench.untilItRuns(ref);
        await bench.hook('preempt')(ref);

        const { status } = await bench.until(
          ref,
          (seen) => seen.status.attempt === '1.1' && isFinal(seen.status),
          'the end of the second attempt',
        );

        assert.equal(status.state, 'succeeded');
      },
    },
    {
      id: 'retry-refused-by-name',
      title: 'refuses, by name, a budget for each reason that the adapter refuses',
      rule: 'DESIGN §6: refused by name, never dropped',
      given: ['commands'],
      async run(bench) {
        const client = await bench.client();
        const refused = FAILURE_REASONS.filter(
          (reason) => bench.capabilities.retries[reason] === 'refused' || NEVER_RETRIED.includes(reason),
        );
        assert.ok(refused.length >= NEVER_RETRIED.length);

        for (const reason of refused) {
          const job = new CommandJob({ name: 'retried', command: bench.shell('exit 0'), retry: { [reason]: 1 } });
          await assert.rejects(
            bench.time.drive(client.submit(job)),
            { name: 'UnsupportedError', message: new RegExp(`retry\\.${reason}`) },
            reason,
          );
        }
      },
    },
    {
      id: 'no-hidden-retry',
      title: 'does not run a job again that failed, unless it was asked to',
      rule: 'R1: nothing runs twice that was not asked for twice',
      given: ['commands'],
      needs: ['created'],
      async run(bench) {
        const { ref } = await bench.run(exits(bench, 3));
        await bench.time.pass(300);

        assert.equal((await bench.look(ref))?.status.attempt, '1.0');
        assert.equal(await bench.hook('created')(), 1);
      },
    },
  ],
};
