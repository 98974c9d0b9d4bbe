import { outputMatcher, type ResolvedOutput } from '@scijob/core/adapter';

/** Whether a declared output may be written at a path of the task's directory. */
export async function outputsMatcher(outputs: readonly ResolvedOutput[]): Promise<(path: string) => boolean> {
  const matchers = await Promise.all(outputs.map(outputMatcher));
  return (path) => matchers.some((matches) => matches(path));
}

/** The folder below which everything that can match lies, `''` for the task's directory itself. */
export function toPatternFolder(pattern: string): string {
  const folders = pattern.split('/').slice(0, -1);
  const first = folders.findIndex((name) => /[*?[\\]/.test(name));
  return toPlainPath((first < 0 ? folders : folders.slice(0, first)).join('/'));
}

/** Without `./` and doubled slashes, as a walk finds it. */
export function toPlainPath(path: string): string {
  return path
    .split('/')
    .filter((name) => name !== '' && name !== '.')
    .join('/');
}
