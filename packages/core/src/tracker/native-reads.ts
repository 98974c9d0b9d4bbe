import type { JobRef } from '../ids/job-ref.ts';
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

export function nativeReads(slot: AdapterSlot, ref: JobRef): NativeReads {
  const { adapter } = slot;
  const options = (signal: AbortSignal | undefined) => (signal ? { signal } : {});
  return {
    readLogs: async (query, signal) => {
      const answer = await slot.call((context) => adapter.readLogs(ref, query, context), options(signal));
      return checkPage(answer, 'log lines', isLogRow, 'lines') as unknown as LogPage;
    },
    listArtifacts: async (query, signal) =>
      checkPage(
        await slot.call((context) => adapter.listArtifacts(ref, query, context), options(signal)),
        'artifacts',
        isArtifactRow,
      ),
    openArtifact: (artifact, signal) =>
      slot.call((context) => adapter.openArtifact(ref, artifact, undefined, context), options(signal)),
    listChildren: async (query, signal) =>
      checkPage(
        await slot.call((context) => adapter.listChildren(ref, query, context), options(signal)),
        'children',
        isChildRow,
      ),
  };
}
