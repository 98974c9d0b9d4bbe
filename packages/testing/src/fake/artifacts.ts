import type { ArtifactInfo, ArtifactQuery, ByteRange, JobRef, Page } from '@scijob/core/adapter';
import { ArtifactChangedError } from './artifact-changed-error.ts';
import type { BackendState } from './backend-state.ts';
import type { FakeTask, NativeObject } from './native-object.ts';
import { type StoredFile, toTaskFiles } from './task-files.ts';

/** What ended tasks left of what they declare; of an array in the order its tasks ended. */
export function listArtifacts(
  state: BackendState,
  object: NativeObject,
  ref: JobRef,
  { child = ref.child, cursor }: ArtifactQuery,
): Page<ArtifactInfo> {
  const from = toPosition(cursor);
  if (object.isArray && child === undefined) return listAll(state, object, from);
  const task = object.tasks.get(object.isArray ? Number(child) : 0);
  if (!task?.status) return { items: [], cursor: String(from), end: task === undefined };
  const files = toInfos(state, task);
  const to = Math.min(files.length, from + state.pageSize);
  return { items: files.slice(from, to), cursor: String(to), end: to === files.length };
}

/** Whole tasks, until the page is full. */
function listAll(state: BackendState, object: NativeObject, from: number): Page<ArtifactInfo> {
  const items: ArtifactInfo[] = [];
  let at = state.declaredOf(object).length > 0 ? from : object.rows.length;
  for (; at < object.rows.length && items.length < state.pageSize; at += 1) {
    const task = object.rows[at];
    // A task that ran again has a later row.
    if (task?.row === at) items.push(...toInfos(state, task));
  }
  return { items, cursor: String(at), end: object.live === 0 && at === object.rows.length };
}

/**
 * The bytes of a file as it was listed.
 *
 * @throws ArtifactChangedError when it is another by now
 */
export function openArtifact(
  state: BackendState,
  object: NativeObject,
  ref: JobRef,
  { path, version, child = ref.child }: ArtifactInfo,
  range: ByteRange | undefined,
): ReadableStream<Uint8Array> {
  const task = object.tasks.get(object.isArray ? Number(child) : 0);
  const file = task && filesOf(state, task).get(path);
  if (!file) throw new ArtifactChangedError(path, 'was removed');
  if (versionOf(file) !== version) throw new ArtifactChangedError(path, 'was written again');
  const bytes = range ? file.bytes.subarray(range.start, range.end) : file.bytes;
  return new ReadableStream({
    start(controller) {
      if (bytes.byteLength > 0) controller.enqueue(bytes);
      controller.close();
    },
  });
}

/** Puts a content in the place of a file, `undefined` for none. */
export function writeFile(state: BackendState, task: FakeTask, path: string, file: StoredFile | undefined): void {
  const files = new Map(filesOf(state, task));
  if (file) files.set(path, file);
  else files.delete(path);
  task.files = files;
}

function toInfos(state: BackendState, task: FakeTask): readonly ArtifactInfo[] {
  const { object, index } = task;
  return [...filesOf(state, task)].map(([path, file]) => ({
    path,
    uri: `fake://${state.target.id}/${object.nativeId}/${index}/${path}`,
    sizeBytes: file.bytes.byteLength,
    version: versionOf(file),
    modifiedAt: file.modifiedAt,
    sha256: file.sha256,
    ...(object.isArray ? { child: index } : {}),
  }));
}

/** A task that did not succeed leaves nothing, unless the script found one of its outputs missing. Not kept: 100,000 tasks may have them. */
function filesOf(state: BackendState, task: FakeTask): ReadonlyMap<string, StoredFile> {
  if (task.files) return task.files;
  if (task.status?.state !== 'succeeded') return new Map();
  const modifiedAt = task.status.at;
  return toTaskFiles(task.job, state.declaredOf(task.object), undefined, modifiedAt).files;
}

function versionOf({ sha256 }: StoredFile): string {
  return sha256.slice(0, 16);
}

function toPosition(cursor: string | undefined): number {
  const position = Number(cursor ?? 0);
  if (Number.isSafeInteger(position) && position >= 0) return position;
  throw new TypeError(`${JSON.stringify(cursor)} is no cursor of a list of artifacts.`);
}
