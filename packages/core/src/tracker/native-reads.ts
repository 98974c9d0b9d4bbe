import type { JobRef } from '../ids/job-ref.ts';
import type { CallContext } from '../seam/call-context.ts';
import { checkPage, isArtifactRow, isChildRow, isLogRow } from '../seam/check-answer.ts';
import type {
  ArtifactInfo,
  ArtifactQuery,
  ChildObservation,
  ChildQuery,
  LogPage,
  LogQuery,
  Page,
} from '../seam/observation.ts';
import type { AdapterSlot } from './adapter-slot.ts';

/** What can be read of one native object, through the slot of its adapter. */
export interface NativeReads {
  readLogs(query: LogQuery, signal?: AbortSignal): Promise<LogPage>;
  listArtifacts(query: ArtifactQuery, signal?: AbortSignal): Promise<Page<ArtifactInfo>>;
  openArtifact(artifact: ArtifactInfo, signal?: AbortSignal): Promise<ReadableStream<Uint8Array>>;
  listChildren(query: ChildQuery, signal?: AbortSignal): Promise<Page<ChildObservation>>;
}

/** How often a page with rows that cannot be read is read again, before it is taken without them. */
const TRIES = 3;
const FIRST_DELAY_MS = 100;

export function nativeReads(slot: AdapterSlot, ref: JobRef): NativeReads {
  const { adapter } = slot;
  const options = (signal: AbortSignal | undefined) => (signal ? { signal } : {});
  /** A row that cannot be read may be whole the next time. One that never is must not keep the others back. */
  const readable = async <Answer>(
    what: string,
    isItem: Parameters<typeof checkPage>[2],
    list: 'items' | 'lines',
    signal: AbortSignal | undefined,
    read: (context: CallContext) => Promise<Answer>,
  ): Promise<Answer> => {
    for (let tries = 1; ; tries += 1) {
      const { page, unreadable } = checkPage(await slot.call(read, options(signal)), what, isItem, list);
      if (unreadable.length === 0) return page;
      if (tries === TRIES) {
        const message = `Some of the ${what} of a job on "${slot.name}" cannot be read; they are left out.`;
        slot.logger.warn({ adapter: slot.name, key: ref.key, rows: unreadable.length }, message);
        return page;
      }
      await slot.clock.sleep(FIRST_DELAY_MS * 2 ** tries, signal);
    }
  };
  return {
    readLogs: (query, signal) =>
      readable('log lines', isLogRow, 'lines', signal, (context) => adapter.readLogs(ref, query, context)),
    listArtifacts: (query, signal) =>
      readable('artifacts', isArtifactRow, 'items', signal, (context) => adapter.listArtifacts(ref, query, context)),
    openArtifact: (artifact, signal) =>
      slot.call((context) => adapter.openArtifact(ref, artifact, undefined, context), options(signal)),
    listChildren: (query, signal) =>
      readable('children', isChildRow, 'items', signal, (context) => adapter.listChildren(ref, query, context)),
  };
}
