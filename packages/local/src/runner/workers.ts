import { Worker, type WorkerEvents } from './worker.ts';

/** The shells that run tasks: as many as tasks run at once, kept for the next ones. */
export class Workers {
  readonly #wrapper: string;
  readonly #events: WorkerEvents;
  readonly #idle: Worker[] = [];

  constructor(wrapper: string, events: WorkerEvents) {
    this.#wrapper = wrapper;
    this.#events = events;
  }

  take(): Worker {
    return this.#idle.pop() ?? new Worker(this.#wrapper, this.#events);
  }

  /** A shell that runs one task and no other after it. */
  takeNew(): Worker {
    const worker = new Worker(this.#wrapper, this.#events);
    worker.reserve();
    return worker;
  }

  giveBack(worker: Worker): void {
    if (worker.isReserved) worker.retire();
    if (!worker.isRetired) this.#idle.push(worker);
  }

  forget(worker: Worker): void {
    const at = this.#idle.indexOf(worker);
    if (at >= 0) this.#idle.splice(at, 1);
  }

  /** Sends all idle shells home. */
  retireIdle(): void {
    for (const worker of this.#idle.splice(0)) worker.retire();
  }
}
