import type { JobRef } from '../ids/job-ref.ts';
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
    readLogs: (query, signal) => slot.call((context) => adapter.readLogs(ref, query, context), options(signal)),
    listArtifacts: (query, signal) =>
      slot.call((context) => adapter.listArtifacts(ref, query, context), options(signal)),
    openArtifact: (artifact, signal) =>
      slot.call((context) => adapter.openArtifact(ref, artifact, undefined, context), options(signal)),
    listChildren: (query, signal) => slot.call((context) => adapter.listChildren(ref, query, context), options(signal)),
  };
}
