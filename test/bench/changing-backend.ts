import { setImmediate } from 'node:timers/promises';
import { defineAdapter, type JobAdapter, type JobRef, type JobStatus, type Observation } from '@scijob/core/adapter';
import { seededRandom } from './seeded-random.ts';

/** Of the live jobs, at each look. */
const CHANGING = 0.01;
const ENDING = 0.001;
/** Rows that are made ready in one turn of the loop: what a client parses by the page. */
const ROWS_PER_TURN = 500;

/** A backend in this process whose jobs run, pause and end by chance, and write lines all the while. */
export class ChangingBackend {
  readonly adapter: JobAdapter<'command'>;
  readonly #linesPerSecond: number;
  readonly #random: () => number;
  readonly #states = new Map<string, JobStatus>();
  readonly #begunMs = performance.now();
  looks = 0;
  changes = 0;

  constructor(seed: number, linesPerSecond: number) {
    this.#random = seededRandom(seed);
    this.#linesPerSecond = linesPerSecond;
    this.adapter = defineAdapter<'command'>({
      id: 'changing',
      capabilities: { kinds: { command: true }, submitOnce: 'guard', logs: 'live' },
      target: async () => ({ adapter: 'changing', id: 'changing', describe: {} }),
      submit: async (parts) =>
        parts.map(({ key }) => {
          this.#states.set(key.token, running(false));
          return { type: 'accepted', nativeId: key.token };
        }),
      observe: async (targets) => {
        this.looks += 1;
        const seen: Observation[] = [];
        for (const { ref } of targets) {
          seen.push(this.#observe(ref));
          if (seen.length % ROWS_PER_TURN === 0) await setImmediate();
        }
        return { covered: targets.map(({ ref }) => ref), seen };
      },
      readLogs: async (_ref, { cursor = '0' }) => {
        const there = Math.floor(((performance.now() - this.#begunMs) / 1_000) * this.#linesPerSecond);
        const from = Number(cursor);
        const lines = Array.from({ length: Math.min(1_000, there - from) }, (_, index) => ({
          text: `step ${from + index + 1}: energy -${(from + index) / 7} kcal/mol`,
          stream: 'stdout' as const,
          attempt: '1.0' as const,
          cursor: String(from + index + 1),
        }));
        return { lines, cursor: String(from + lines.length), end: false };
      },
    });
  }

  #observe(ref: JobRef): Observation {
    const nativeId = ref.submissions[0]?.parts[0]?.nativeId ?? '';
    const known = this.#states.get(nativeId) ?? running(false);
    const chance = this.#random();
    const status = chance < ENDING ? ended() : chance < CHANGING ? running(known.state === 'running') : known;
    if (status !== known) this.changes += 1;
    if (chance < ENDING) this.#states.delete(nativeId);
    else this.#states.set(nativeId, status);
    return { ref, status, evidence: { row: `${nativeId} ${status.state}` } };
  }
}

function running(isSuspended: boolean): JobStatus {
  return { state: isSuspended ? 'suspended' : 'running', attempt: '1.0', at: new Date() };
}

function ended(): JobStatus {
  return { state: 'succeeded', attempt: '1.0', at: new Date(), exitCode: 0 };
}
