import type { Defect } from './defect.ts';

export const WRAPPER_DEFECTS: readonly Defect[] = [
  {
    id: 'cd-fails-runs-anyway',
    title: 'A command runs somewhere else when its directory is not there.',
    anchor: '`cd X ; cmd`',
    catalogue: [47],
    rule: 9,
    file: 'core/src/wrapper/to-argument-file.ts',
    find: `'cd "$sj_work" || exit 126',`,
    replace: `'cd "$sj_work"',`,
    test: {
      package: 'core',
      file: 'src/wrapper/task-command.test.ts',
      title: 'runs nothing when its directory went away in that very moment',
    },
    later: 'the commands sent over SSH, with Slurm',
  },
  {
    id: 'directory-unchecked',
    title: 'Nobody looks whether the directory of a command is there.',
    catalogue: [47],
    rule: 9,
    file: 'core/src/wrapper/text/run.ts',
    find: 'if [ ! -d "$sj_work" ] || [ ! -x "$sj_work" ]; then',
    replace: 'if [ -z "$sj_work" ]; then',
    test: {
      package: 'core',
      file: 'src/wrapper/wrapper-end.test.ts',
      title: 'tells a command that is not there from one that exits with 127 itself',
    },
  },
  {
    id: 'half-record-believed',
    title: 'The record of an end is read while it is being written.',
    catalogue: [32],
    rule: 2,
    file: 'core/src/wrapper/record-fields.ts',
    find: "return text.endsWith(END_MARK) ? text.slice(0, -END_MARK.length).split('\\n') : undefined;",
    replace: "return text === '' ? undefined : text.replace(END_MARK, '').split('\\n');",
    test: {
      package: 'core',
      file: 'src/wrapper/records.test.ts',
      title: 'is not there yet while its last line is not',
    },
  },
  {
    id: 'no-exit-code-is-success',
    title: 'An end without an exit code counts as a success.',
    catalogue: [16, 31, 44],
    rule: 2,
    file: 'core/src/wrapper/to-end-status.ts',
    find: 'const isClean = end.exitCode === 0 &&',
    replace: 'const isClean = !end.exitCode &&',
    test: {
      package: 'core',
      file: 'src/wrapper/to-end-status.test.ts',
      title: 'is a success only when the command exited with 0 and nothing is missing',
    },
  },
];
