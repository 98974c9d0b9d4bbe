import type { CommandJob } from '../job/command-job.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { LedgerSystem } from '../ledger/ledger-system.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import {
  type DiskMoment,
  type DiskState,
  emptyDisk,
  SimulatedDisk,
  type SimulatedProcess,
} from '../ledger/simulated-disk.fixture.ts';
import { silentLogger } from '../seam/default-logger.ts';
import type { FinalState } from '../state/job-state.ts';
import type { Client } from './client.ts';
import {
  type BackendMoment,
  type BackendState,
  CrashBackend,
  emptyBackend,
  type SubmitFault,
  type SubmitOnce,
} from './crash-backend.fixture.ts';
import { CrashClock } from './crash-clock.fixture.ts';
import { createClient } from './create-client.ts';

/** What a user asked for. Each job of a scenario has a name of its own, so that it is known again without a key. */
export interface Asked {
  readonly job: CommandJob;
  readonly key?: string;
  /** For an array. */
  readonly items?: readonly unknown[];
  /** Keys of the jobs that have to succeed before. */
  readonly after?: readonly string[];
}

/** What users asked and what they were told, in order: promises somebody has to keep after the crash. */
export interface Told {
  readonly asked: readonly Asked[];
  readonly handles: readonly { readonly asked: Asked; readonly key: string; readonly ref: string }[];
  readonly ends: readonly { readonly key: string; readonly state: FinalState }[];
  /** Cancels that resolved. */
  readonly cancelled: readonly string[];
}

/** A whole world at one moment, never changed: whoever goes on from it does so in a world of its own. */
export interface WorldState {
  readonly disk: DiskState;
  readonly backend: BackendState;
  readonly told: Told;
  readonly nowMs: number;
  readonly boots: number;
  readonly sessions: number;
  /** A power cut left a hole in lines nobody was promised: damage, and the check of the ledger may say so. */
  readonly hasHole: boolean;
}

/** A moment at which the client's process, or its machine, may die; the world as it stands then. */
export interface CrashMoment {
  readonly name: string;
  /** Who is about to do something, or just did. */
  readonly process: SimulatedProcess;
  readonly world: WorldState;
  readonly write?: DiskMoment['write'];
  readonly parts?: BackendMoment['parts'];
}

export const LEDGER = '/state/ledger';

export function newWorld(faults: readonly SubmitFault[] = []): WorldState {
  return {
    disk: emptyDisk(),
    backend: emptyBackend(faults),
    told: { asked: [], handles: [], ends: [], cancelled: [] },
    nowMs: Date.UTC(2026, 10, 23),
    boots: 1,
    sessions: 0,
    hasHole: false,
  };
}

export interface CrashSession {
  readonly process: SimulatedProcess;
  readonly world: CrashWorld;
  readonly client: Client<{ readonly here: ReturnType<CrashBackend['adapter']> }>;
  readonly ledger: Ledger;
}

/** One machine with one disk, one backend, and processes that come and go. */
export class CrashWorld {
  readonly disk: SimulatedDisk;
  readonly backend: CrashBackend;
  told: Told;
  readonly #clock: CrashClock;
  readonly #onTold: () => void;
  readonly #boots: number;
  readonly #hasHole: boolean;
  #sessions: number;
  /** Processes that live, by id, with the time they were started. */
  readonly #processes = new Map<number, { readonly startTime: string; readonly process: SimulatedProcess }>();

  constructor(state: WorldState, submitOnce: SubmitOnce, onMoment: (moment: CrashMoment) => void = () => {}) {
    const say = (name: string, process: SimulatedProcess, more: Partial<CrashMoment>) =>
      onMoment({ name, process, world: this.state(), ...more });
    this.disk = new SimulatedDisk(state.disk, ({ name, phase, process, write }) =>
      say(`${phase} ${name}`, process, write ? { write } : {}),
    );
    this.backend = new CrashBackend(state.backend, submitOnce, ({ name, process, parts }) =>
      say(name, process, parts ? { parts } : {}),
    );
    this.told = state.told;
    // Nothing changes at this moment, but from now on somebody relies on what he was told.
    this.#onTold = () => say('told', { isDead: false }, {});
    this.#clock = new CrashClock(state.nowMs);
    this.#boots = state.boots;
    this.#hasHole = state.hasHole;
    this.#sessions = state.sessions;
  }

  state(): WorldState {
    return {
      disk: this.disk.state,
      backend: this.backend.state,
      told: this.told,
      nowMs: this.#clock.nowMs,
      boots: this.#boots,
      sessions: this.#sessions,
      hasHole: this.#hasHole,
    };
  }

  /** A new process opens the ledger. */
  async openSession(process: SimulatedProcess = { isDead: false }): Promise<CrashSession> {
    this.#sessions += 1;
    const number = this.#sessions;
    const pid = 1_000 + number;
    const startTime = `${number}`;
    this.#processes.set(pid, { startTime, process });
    const system: LedgerSystem = {
      currentSession: async () => ({
        id: `0000session${String(number).padStart(4, '0')}`,
        host: 'machine',
        bootId: `boot ${this.#boots}`,
        pid,
        startTime,
      }),
      readProcess: async (other) => {
        const found = this.#processes.get(other);
        return found && !found.process.isDead ? { type: 'found', startTime: found.startTime } : { type: 'gone' };
      },
    };
    const { clock } = this.#clock;
    const ledger = await openLedger(LEDGER, { files: this.disk.files(process), clock, system, logger: silentLogger });
    const client = createClient({ adapters: { here: this.backend.adapter(process) }, ledger, clock, logger: false });
    return { process, world: this, client, ledger };
  }

  tell(told: Partial<Told>): void {
    this.told = { ...this.told, ...told };
    this.#onTold();
  }

  /** Lets `work` run to its end in this world's time. */
  drive<T>(work: Promise<T>): Promise<T> {
    return this.#clock.drive(work, () => this.disk.activity + this.backend.activity);
  }

  pass(ms: number): void {
    this.#clock.pass(ms);
  }
}
