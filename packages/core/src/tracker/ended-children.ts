import type { ChildObservation } from '../seam/observation.ts';
import { ENDED_STATES } from '../state/job-state.ts';
import { isFinal } from '../state/job-status.ts';
import { abortable } from '../util/abortable.ts';
import type { WholeSubject } from './subject.ts';

/**
 * The children of one array that have ended, read page after page as they end, once for all who wait for one of them:
 * a thousand pending `child(i).result()` cost the backend no more than one.
 */
export class EndedChildren {
  readonly #array: WholeSubject;
  readonly #rows = new Map<number | string, ChildObservation>();
  #generation = 1;
  #cursor: string | undefined;
  #readVersion = -1;
  #reading: Promise<void> | undefined;

  constructor(array: WholeSubject) {
    this.#array = array;
  }

  /** The child's row once it has ended. Asks the backend at most once per change of the array. */
  async row(child: number, signal?: AbortSignal): Promise<ChildObservation | undefined> {
    // What had ended runs again: all is read anew.
    if (this.#generation !== this.#array.generation) {
      this.#rows.clear();
      this.#cursor = undefined;
      this.#readVersion = -1;
      this.#generation = this.#array.generation;
    }
    // After its end an array changes no more, but a backend's list may lag behind.
    const isStale = this.#readVersion !== this.#array.version || isFinal(this.#array.status);
    if (!this.#rows.has(child) && isStale) {
      this.#reading ??= this.#read().finally(() => {
        this.#reading = undefined;
      });
      await (signal ? abortable(this.#reading, signal) : this.#reading);
    }
    return this.#rows.get(child);
  }

  async #read(): Promise<void> {
    const { version, generation } = this.#array;
    for (;;) {
      const cursor = this.#cursor;
      const query = { states: ENDED_STATES, ...(cursor === undefined ? {} : { cursor }) };
      const page = await this.#array.listChildren(query);
      if (generation !== this.#array.generation) return;
      for (const row of page.items) this.#rows.set(row.child, row);
      this.#cursor = page.cursor ?? cursor;
      if (page.end || page.items.length === 0 || this.#cursor === cursor) break;
    }
    this.#readVersion = version;
  }
}
