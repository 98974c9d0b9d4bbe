import { setImmediate } from 'node:timers/promises';
import { queryObjects } from 'node:v8';

/** What a process holds now. */
export interface Held {
  readonly bytes: number;
  /** Timers there are, whether anything waits for them or not. */
  readonly timers: number;
  /** Listeners on all event targets together: abort signals are the only ones we use. */
  readonly listeners: number;
  /** Sockets, pipes, requests and whatever else Node's own list has. */
  readonly resources: number;
}

type Kind = typeof AbortSignal;

const TIMER = setTimeout(() => {}, 0).unref().constructor as unknown as Kind;
const LISTENER = listenerKind();

/** Lets go of what was needed to get here only, compiled code that is not run any more above all. */
export async function collect(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) {
    countHeld();
    await setImmediate();
  }
}

/** Heap in use and memory outside of it that objects hold, after two collections. Needs `--expose-gc`. */
export function heapBytes(): number {
  if (!globalThis.gc) throw new Error('Run with --expose-gc.');
  globalThis.gc();
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Does not leave this turn of the loop. Slow where there are many objects. */
export function countHeld(): Held {
  return {
    bytes: heapBytes(),
    timers: numberOf(TIMER),
    listeners: numberOf(LISTENER),
    resources: process.getActiveResourcesInfo().length,
  };
}

function numberOf(kind: Kind): number {
  // The types say that it always gives texts.
  const count: unknown = queryObjects(kind, { format: 'count' });
  if (typeof count !== 'number') throw new TypeError('The heap was not counted.');
  return count;
}

/** The class of what an event target keeps per listener. Node does not export it, but every target leads there. */
function listenerKind(): Kind {
  const target = new EventTarget();
  target.addEventListener('any', () => {});
  const events = Object.getOwnPropertySymbols(target).find(({ description }) => description === 'kEvents');
  const { get } = Map.prototype;
  const root: unknown = events && get.call((target as unknown as Record<symbol, Map<unknown, unknown>>)[events], 'any');
  const listener = (root as { readonly next?: object } | undefined)?.next;
  if (!listener || listener.constructor === Object) throw new Error('This Node keeps listeners elsewhere.');
  return listener.constructor as Kind;
}
