import { FENCED } from './claim-record.ts';
import { quoteShellWord } from './quote-shell-word.ts';
import { isExportable, isLocaleVariable, requireVariableName } from './shell-variable.ts';
import type { WrapperOutput, WrapperTask } from './wrapper-task.ts';

/** Raised together with the wrapper's text: a wrapper refuses an argument file of another version. */
const ARGUMENT_FILE_VERSION = 1;

/** Of the task around this one, when a job submits jobs: never inherited. */
const OWN_VARIABLES = ['SCIJOB_INDEX', 'SCIJOB_COUNT', 'SCIJOB_ITEM', 'SCIJOB_ITEM_FILE'];
const RANK_VARIABLES = ['SCIJOB_RANK', 'SCIJOB_RANK_COUNT'];

/**
 * The text the wrapper sources: assignments and two functions. Every byte of the user's stands in single quotes.
 * Write it as UTF-8. Throws `TypeError` for a task no process could be started from: a NUL, an empty command, a name of a variable with `=`.
 */
export function toArgumentFile(task: WrapperTask): string {
  const [program] = task.command;
  if (program === undefined || program === '') {
    throw new TypeError('A task needs a command: its first word, the program, is missing or empty.');
  }
  const { path, lines } = toCommandFunction(task, program);
  return [
    `sj_version=${ARGUMENT_FILE_VERSION}`,
    `sj_folder=${quoteShellWord(requireAbsolute(task.folder, 'folder'), 'The folder')}`,
    `sj_native=${quoteShellWord(requireNativeId(task.nativeId), 'The native id')}`,
    `sj_attempt=${quoteShellWord(task.attempt, 'The attempt')}`,
    `sj_work=${quoteShellWord(requireAbsolute(task.workDirectory, 'workDirectory'), 'The work directory')}`,
    `sj_work_label=${quoteShellWord(JSON.stringify(task.workDirectory), 'The work directory')}`,
    `sj_name=${quoteShellWord(program, 'The program')}`,
    `sj_label=${quoteShellWord(JSON.stringify(program), 'The program')}`,
    `sj_path=${path}`,
    `sj_limit=${task.timeLimitSeconds === undefined ? '' : toSeconds(task.timeLimitSeconds, 'timeLimitSeconds')}`,
    `sj_grace=${toSeconds(task.graceSeconds, 'graceSeconds')}`,
    `sj_ranks=${task.ranks === undefined ? '' : requireRanks(task.ranks)}`,
    `sj_peak=${task.memoryPeakFile === undefined ? '' : quoteShellWord(task.memoryPeakFile, 'The memory peak file')}`,
    ...lines,
    `sj_declared=${task.outputs.length}`,
    'sj_outputs() {',
    ':',
    ...task.outputs.map(toOutputCall),
    '}',
    'sj_complete=1',
    '',
  ].join('\n');
}

/** `sj_command` runs in the forked child: what it exports reaches the command and nothing else. */
function toCommandFunction(task: WrapperTask, program: string): { path: string; lines: readonly string[] } {
  const environment = Object.entries(task.environment).filter(
    ([name]) => !(task.ranks && RANK_VARIABLES.includes(name)),
  );
  const given = new Set(environment.map(([name]) => name));
  const own = task.ranks === undefined ? [...OWN_VARIABLES, ...RANK_VARIABLES] : OWN_VARIABLES;
  const unset = [...new Set([...own, ...(task.unset ?? [])])].filter((name) => !given.has(requireVariableName(name)));
  const assign = ([name, value]: readonly [string, string]): string =>
    `${requireVariableName(name)}=${quoteShellWord(value, `The variable ${name}`)}`;

  const exported = environment.filter(([name]) => isExportable(name) && !isLocaleVariable(name));
  const locale = environment.filter(([name]) => isExportable(name) && isLocaleVariable(name));
  const byEnv = [
    ...unset.filter((name) => !isExportable(name)).map((name) => `-u ${quoteShellWord(name, 'The variable')}`),
    ...environment
      .filter(([name]) => !isExportable(name))
      .map(([name, value]) => quoteShellWord(`${requireVariableName(name)}=${value}`, `The variable ${name}`)),
  ];
  if (byEnv.length > 0 && program.includes('=')) {
    throw new TypeError(`A program with '=' in its name (${program}) cannot have variables that are no identifiers.`);
  }
  // A program called `-x` would be read as an option by whoever starts it.
  const words = task.command.map((word, index) =>
    index === 0 && word.startsWith('-') ? '"$sj_found"' : quoteShellWord(word, `Argument ${index}`),
  );
  return {
    path: toSearchPath(task.environment['PATH'], unset.includes('PATH')),
    lines: [
      `sj_needs_env=${byEnv.length > 0 ? '1' : ''}`,
      'sj_command() {',
      'cd "$sj_work" || exit 126',
      `unset -v OLDPWD ${unset.filter(isExportable).join(' ')}`.trimEnd(),
      ...(exported.length > 0 ? [`export ${exported.map(assign).join(' ')}`] : []),
      ...(locale.length > 0 ? [`export ${locale.map(assign).join(' ')} 2>/dev/null`] : []),
      `exec "$@" ${byEnv.length > 0 ? `"$sj_env" ${byEnv.join(' ')} ` : ''}${words.join(' ')}`,
      '}',
    ],
  };
}

/** Where the program is looked up before the start: as `execvp` will. */
function toSearchPath(given: string | undefined, isUnset: boolean): string {
  if (given !== undefined) {
    return quoteShellWord(given, 'The variable PATH');
  }
  return isUnset ? '/bin:/usr/bin' : '$sj_own_path';
}

function toOutputCall({ type, path, optional }: WrapperOutput, index: number): string {
  // A backslash is a letter like any other: shells differ on what it does in a pattern, `[\\]` is the same in all.
  const pattern = path.replaceAll(/(?:\*\*\/)+/g, '**/').replaceAll('\\', String.raw`[\\]`);
  const word = quoteShellWord(type === 'files' ? pattern : path, `Output ${index}`);
  return `sj_output ${index} ${type === 'files' ? 'files' : 'file'} ${optional ? 1 : 0} ${word}`;
}

function requireAbsolute(path: string, what: string): string {
  if (!path.startsWith('/')) {
    throw new TypeError(`${what} must be an absolute path, not ${JSON.stringify(path)}.`);
  }
  return path;
}

function requireNativeId(nativeId: string): string {
  if (nativeId === '' || nativeId === FENCED || /[\r\n]/.test(nativeId)) {
    throw new TypeError(
      `A native id is one line and not '${FENCED}', which is the fence; got ${JSON.stringify(nativeId)}.`,
    );
  }
  return nativeId;
}

function requireRanks(ranks: number): number {
  if (!Number.isSafeInteger(ranks) || ranks < 1) {
    throw new TypeError(`ranks must be a whole number from 1, not ${ranks}.`);
  }
  return ranks;
}

/** Decimal without an exponent, to milliseconds, as `sleep` reads it. */
function toSeconds(seconds: number, what: string): string {
  if (!Number.isFinite(seconds) || seconds < 0) {
    throw new TypeError(`${what} must be a number of seconds from 0, not ${seconds}.`);
  }
  return Math.min(seconds, 1e9)
    .toFixed(3)
    .replace(/\.?0+$/, '');
}
