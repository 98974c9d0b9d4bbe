import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/** What is closed late, is closed by then. */
const GRACE_MS = 3_000;
const TICK_MS = 50;
/** Kinds of resources that never keep a process alive by themselves. */
const HARMLESS = /^(PROMISE|TickObject|Immediate|Microtask|RANDOMBYTESREQUEST|FILEHANDLE|bound-anonymous-fn)/;

interface Referable {
  hasRef?(): boolean;
}

/**
 * The resources that `work` opened and that, some seconds after it, still keep the process alive. Only its own are counted,
 * whatever else this process does meanwhile.
 */
export async function leftOpenBy(work: () => Promise<void>): Promise<readonly string[]> {
  const mine = new AsyncLocalStorage<true>();
  const open = new Map<number, { readonly type: string; readonly resource: Referable }>();
  const hook = createHook({
    init: (id, type, _trigger, resource: Referable) => {
      if (mine.getStore() && !HARMLESS.test(type)) open.set(id, { type, resource });
    },
    destroy: (id) => {
      open.delete(id);
    },
  }).enable();
  try {
    await mine.run(true, work);
    let left = stillOpen(open.values());
    for (let waitedMs = 0; left.length > 0 && waitedMs < GRACE_MS; waitedMs += TICK_MS) {
      await mine.exit(() => sleep(TICK_MS));
      left = stillOpen(open.values());
    }
    return left;
  } finally {
    hook.disable();
  }
}

/** What says that it keeps the process alive. What cannot say is a request, which ends by itself. */
function stillOpen(open: Iterable<{ readonly type: string; readonly resource: Referable }>): readonly string[] {
  return [...open].filter(({ resource }) => resource.hasRef?.() === true).map(({ type }) => type);
}
