import type { CrashPoint, LedgerFiles, LedgerSubject } from './ledger-files.ts';

/** Files that write down each change by its name, and fail where told to. */
export function createFaultyFiles(inner: LedgerFiles) {
  const changes: CrashPoint[] = [];
  const failures: { readonly point: CrashPoint; readonly error: Error; readonly halfway: boolean }[] = [];

  const change = async <T>(point: CrashPoint, act: () => Promise<T>, half?: () => Promise<void>): Promise<T> => {
    changes.push(point);
    const at = failures.findIndex((failure) => failure.point === point);
    const [failure] = at === -1 ? [] : failures.splice(at, 1);
    if (!failure) return act();
    if (failure.halfway) await half?.();
    throw failure.error;
  };

  const files: LedgerFiles = {
    ...inner,
    createFolder: (path, subject) => change(`${subject}:create-folder`, () => inner.createFolder(path, subject)),
    async createFile(path: string, subject: LedgerSubject) {
      const file = await change(`${subject}:create`, () => inner.createFile(path, subject));
      return {
        write: (bytes, position) =>
          change(
            `${subject}:write`,
            () => file.write(bytes, position),
            () => file.write(bytes.subarray(0, bytes.length >> 1), position),
          ),
        sync: () => change(`${subject}:sync`, () => file.sync()),
        close: () => file.close(),
      };
    },
    syncFile: (path, subject) => change(`${subject}:sync`, () => inner.syncFile(path, subject)),
    link: (from, to, subject) => change(`${subject}:link`, () => inner.link(from, to, subject)),
    rename: (from, to, subject) => change(`${subject}:rename`, () => inner.rename(from, to, subject)),
    remove: (path, subject) => change(`${subject}:remove`, () => inner.remove(path, subject)),
    syncFolder: (path, subject) => change(`${subject}:sync-folder`, () => inner.syncFolder(path, subject)),
  };
  return {
    files,
    changes,
    /** The next change of that name fails; `halfway` after half of the bytes. */
    fail(point: CrashPoint, code: string, { halfway = false } = {}) {
      const error = Object.assign(new Error(`${code}: injected`), { code, syscall: point });
      failures.push({ point, error, halfway });
    },
  };
}
