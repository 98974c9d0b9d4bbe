import type { Ledger } from '../ledger/ledger.ts';

/** What is under way per ledger and key: two clients of one process may share an open ledger, and are then one session. */
const UNDER_WAY = new WeakMap<Ledger, Map<string, Promise<unknown>>>();

/** Runs `work` when nothing else is under way for this key in this process: the second then finds what the first did. */
export async function oneAtATime<T>(ledger: Ledger, key: string, work: () => Promise<T>): Promise<T> {
  const keys = UNDER_WAY.get(ledger) ?? new Map<string, Promise<unknown>>();
  UNDER_WAY.set(ledger, keys);
  const working = (keys.get(key) ?? Promise.resolve()).then(work, work);
  keys.set(key, working);
  try {
    return await working;
  } finally {
    if (keys.get(key) === working) keys.delete(key);
  }
}
