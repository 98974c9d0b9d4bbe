import type { TaskRange } from '../ids/job-ref.ts';
import { countTasks } from '../ids/task-ranges.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { RecordedDependency } from '../ledger/ledger-record.ts';
import type { Part } from '../seam/part.ts';
import type { ResolvedJob } from '../seam/resolved-job.ts';
import type { AdapterSlot } from '../tracker/adapter-slot.ts';
import { JobSubject } from '../tracker/job-subject.ts';
import type { WholeSubject } from '../tracker/subject.ts';
import type { JudgedDependencies } from './build-request.ts';
import { resolveManifest } from './composed-jobs.ts';
import { DependencyWatch } from './dependency-watch.ts';
import { type AttachAny, OutputResolver } from './output-resolver.ts';

export interface Judging {
  readonly slot: AdapterSlot;
  readonly ledger: Ledger;
  readonly attach: AttachAny;
  readonly follow: (ref: string) => Promise<WholeSubject>;
}

/**
 * Whether a job has to be held: not when all it waits for is there already, nor when its backend can be told to wait. A
 * parent that may be tried again is never wired natively: its first end need not be its last.
 */
export async function judgeDependencies(
  { slot, ledger, attach, follow }: Judging,
  waited: readonly RecordedDependency[],
  job: ResolvedJob,
  takesOutputs: boolean,
): Promise<JudgedDependencies> {
  const all: readonly TaskRange[] = [[0, (job.array?.count ?? 1) - 1]];
  const isMet = await Promise.all(
    waited.map(
      async (one) => countTasks((await new DependencyWatch([one], follow).evaluate(all)).ready) === countTasks(all),
    ),
  );
  const open = waited.filter((_, index) => !isMet[index]);
  const after = takesOutputs ? undefined : await nativeAfter(open, job, slot, follow);
  if (open.length > 0 && after === undefined) return { isHeld: true, after: [] };
  const resolver = new OutputResolver(attach, waited);
  const inputs = await resolver.inputs(job.inputs);
  const resolved: ResolvedJob = { ...job, inputs };
  if (!job.array) return { isHeld: false, after: after ?? [], resolved };
  const manifest = await resolveManifest(ledger, job.array.manifest, resolver, all);
  return { isHeld: false, after: after ?? [], resolved: { ...resolved, array: { ...job.array, manifest } } };
}

/** What the backend itself can be told to wait for; `undefined` when it cannot wait for all of it. */
async function nativeAfter(
  open: readonly RecordedDependency[],
  job: ResolvedJob,
  slot: AdapterSlot,
  follow: (ref: string) => Promise<WholeSubject>,
): Promise<Part['after'] | undefined> {
  const after: Part['after'][number][] = [];
  for (const { ref, condition, tasks } of open) {
    const parent = await follow(ref);
    const isOnePart = parent instanceof JobSubject && parent.slot === slot && tasks === undefined;
    const { arrays } = slot.adapter.capabilities;
    const count = job.array?.count ?? 1;
    const isWhole = arrays !== false && count <= arrays.maxCount;
    const isSameCut = condition !== 'aftercorr' || (isWhole && parent.ref.count === count);
    if (!isOnePart || !isSameCut || slot.adapter.capabilities.dependencies[condition] !== 'native') return undefined;
    after.push({ ref: parent.ref, condition });
  }
  return after;
}
