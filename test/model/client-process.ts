import type { Clock, OpenLedgerOptions } from '@scijob/core';
import type { ManualClock } from '@scijob/testing';

export type LedgerSystem = NonNullable<OpenLedgerOptions['system']>;

/** Deadlines are called off long before: nobody needs to sleep so long at once, and the manual clock gives long sleeps real time. */
const LONGEST_SLEEP_MS = 50_000;

/** No moment of any run needs a tenth of it. */
const MOST_STEPS_AT_ONCE = 20_000;

/**
 * A process that may die at any moment, though all of them live in this one: everything it does that others can see, and every
 * answer it gets, comes by here, and none comes back once it is dead. Time does not go on for it either.
 * Its session is found dead as that of a real process is, by process id and start time, or from another machine by its beat:
 * `openLedger` is told whose processes these are, and given a disk that nothing of a dead process reaches.
 */
export class ClientProcess {
  readonly pid: number;
  readonly host: string;
  /** Its wall clock is wrong by so much. */
  skewMs = 0;
  /** Resolves when it dies. */
  readonly death: Promise<void>;
  readonly #die: () => void;
  #isDead = false;
  #stepsLeft = Number.POSITIVE_INFINITY;
  readonly #base: ManualClock;
  readonly #onLoop: () => void;
  #stepsToPause = Number.POSITIVE_INFINITY;
  #pause: PromiseWithResolvers<void> | undefined;
  #counted = 0;
  #countedMs = 0;

  constructor(pid: number, host: string, base: ManualClock, onLoop: () => void) {
    this.pid = pid;
    this.host = host;
    this.#base = base;
    this.#onLoop = onLoop;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.death = promise;
    this.#die = () => {
      this.#isDead = true;
      resolve();
    };
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** Stops where it is, as by SIGSTOP or a closed lid, now or at that step from now: nothing of it goes on until `resume`. */
  pause(afterSteps = 0): void {
    if (afterSteps === 0) this.#pause ??= Promise.withResolvers<void>();
    this.#stepsToPause = afterSteps === 0 ? Number.POSITIVE_INFINITY : afterSteps;
  }

  resume(): void {
    this.#stepsToPause = Number.POSITIVE_INFINITY;
    this.#pause?.resolve();
    this.#pause = undefined;
  }

  /** Dies now, or at that step from now: of the disk, of the network. */
  kill(afterSteps = 0): void {
    if (afterSteps === 0) this.#die();
    else this.#stepsLeft = afterSteps - 1;
  }

  /** It does not die after all. */
  spare(): void {
    this.#stepsLeft = Number.POSITIVE_INFINITY;
  }

  /** One thing that others can see. `dying` is what is left of it when the process dies right there. */
  async step<T>(act: () => Promise<T>, dying: () => void = () => {}): Promise<T> {
    this.#stepsToPause -= 1;
    if (this.#stepsToPause === 0) this.pause();
    while (this.#pause) await this.#pause.promise;
    if (this.#isDead) return never();
    this.#count();
    this.#stepsLeft -= 1;
    if (this.#stepsLeft < 0) {
      this.#die();
      dying();
      return never();
    }
    return this.#unlessDead(act());
  }

  /** Work that goes on and on while no time passes is a loop: it is said, and ended. */
  #count(): void {
    const nowMs = this.#base.monotonicMs();
    if (nowMs !== this.#countedMs) this.#counted = 0;
    this.#countedMs = nowMs;
    this.#counted += 1;
    if (this.#counted <= MOST_STEPS_AT_ONCE) return;
    this.#die();
    this.#onLoop();
  }

  /** An answer to somebody who may have died meanwhile. */
  async #unlessDead<T>(answer: Promise<T>): Promise<T> {
    try {
      const value = await answer;
      while (this.#pause) await this.#pause.promise;
      return this.#isDead ? await never<T>() : value;
    } catch (error) {
      while (this.#pause) await this.#pause.promise;
      if (this.#isDead) return never();
      throw error;
    }
  }

  readonly clock: Clock = {
    now: () => new Date(this.#base.now().getTime() + this.skewMs),
    monotonicMs: () => this.#base.monotonicMs(),
    sleep: async (ms, signal) => {
      for (let leftMs = ms; leftMs > 0; leftMs -= LONGEST_SLEEP_MS) {
        await this.#unlessDead(this.#base.sleep(Math.min(leftMs, LONGEST_SLEEP_MS), signal));
      }
      signal?.throwIfAborted();
    },
  };
}

/** What the sessions of a ledger ask about the machine they run on: which processes of it live. Of others only beats tell. */
export function systemOf(own: ClientProcess, processes: readonly ClientProcess[]): LedgerSystem {
  return {
    currentSession: async () => ({
      id: `00000session${String(own.pid).padStart(4, '0')}`,
      host: own.host,
      bootId: `boot of ${own.host}`,
      pid: own.pid,
      startTime: `${own.pid}`,
    }),
    readProcess: async (pid) => {
      const found = processes.find((one) => one.pid === pid && one.host === own.host);
      return found && !found.isDead ? { type: 'found', startTime: `${pid}` } : { type: 'gone' };
    },
  };
}

/** Who waits for a dead process waits for ever. */
function never<T>(): Promise<T> {
  return new Promise(() => {});
}
