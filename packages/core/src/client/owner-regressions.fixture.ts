import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandJob } from '../job/command-job.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import type { AdapterCapabilities } from '../seam/adapter-capabilities.ts';
import type { SubmitOutcome } from '../seam/outcomes.ts';
import { systemClock } from '../seam/system-clock.ts';
import { createClient } from './create-client.ts';
import { hastyClock } from './duties.fixture.ts';
import { type NullBackend, nullAdapter } from './null-adapter.fixture.ts';

export type NullAdapter = ReturnType<typeof nullAdapter>;

export interface ChangedClient {
  readonly capabilities?: Partial<AdapterCapabilities>;
  readonly ledger?: string | Ledger;
  /** What this adapter does in another way. */
  readonly change?: (real: NullAdapter) => Partial<NullAdapter>;
}

export const dock = new CommandJob({ name: 'dock', command: ['vina'] });
/** No native array takes more than two tasks. */
export const sharded = { arrays: { maxCount: 2, maxConcurrent: 'native' } } as const;
export const quotaUsedUp: SubmitOutcome = {
  type: 'refused',
  error: { code: 'QUOTA', message: 'too many', retryable: true },
};
export const lineDied: SubmitOutcome = { type: 'unknown', cause: new Error('the line went dead') };

/** Answers the first submission of one part in another way: the backend does not hear of it. */
export function answering(index: number, answer: SubmitOutcome): (real: NullAdapter) => Partial<NullAdapter> {
  return (real) => ({
    submit: async (parts, context) => {
      const outcomes: SubmitOutcome[] = [];
      for (const part of parts) {
        const isIt = part.key.part === index && part.key.submission === 1;
        outcomes.push(...(isIt ? [answer] : await real.submit([part], context)));
      }
      return outcomes;
    },
  });
}

/** Clients, ledgers and folders of one test, all cleared away at its end. */
export function ownerWorld() {
  const ends: (() => unknown)[] = [];
  return {
    clientOn(backend: NullBackend, { capabilities = {}, ledger = 'memory', change = () => ({}) }: ChangedClient = {}) {
      const real = nullAdapter(backend, 'null', 'nowhere', { retries: { 'exit-nonzero': 'owner' }, ...capabilities });
      const adapters = { nowhere: { ...real, ...change(real) } };
      const client = createClient({ adapters, ledger, logger: false, clock: hastyClock });
      // A test may close it in a way that fails.
      ends.unshift(() => client.close().catch(() => {}));
      return client;
    },
    folder(): string {
      const folder = mkdtempSync(join(tmpdir(), 'scijob-owner-'));
      ends.push(() => rmSync(folder, { recursive: true, force: true }));
      return folder;
    },
    async ledger(): Promise<Ledger> {
      const folder = this.folder();
      const ledger = await openLedger(folder, { clock: systemClock });
      ends.splice(-1, 0, () => ledger.close());
      return ledger;
    },
    async clear(): Promise<void> {
      for (const end of ends.splice(0)) await end();
    },
  };
}
