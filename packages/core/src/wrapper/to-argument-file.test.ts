import { expect, it } from 'vitest';
import { toArgumentFile } from './to-argument-file.ts';
import { ITEM_ENVIRONMENT_LIMIT, type TaskEnvironmentValues, toTaskEnvironment } from './to-task-environment.ts';
import type { WrapperTask } from './wrapper-task.ts';

const TASK: WrapperTask = {
  folder: '/tasks/1',
  nativeId: '7',
  attempt: '1.0',
  workDirectory: '/tasks/1/work',
  command: ['true'],
  environment: {},
  graceSeconds: 5,
  outputs: [],
};

it('refuses what no process can be given', () => {
  const refused: readonly (readonly [Partial<WrapperTask>, RegExp])[] = [
    [{ command: [] }, /needs a command/],
    [{ command: [''] }, /needs a command/],
    [{ command: ['a', 'b\0c'] }, /Argument 1 "b\\u0000c" holds a NUL/],
    [{ command: ['a', '\ud800'] }, /half a surrogate pair/],
    [{ environment: { 'A=B': '1' } }, /cannot name an environment variable/],
    [{ environment: { '': '1' } }, /cannot name an environment variable/],
    [{ environment: { A: '\0' } }, /variable A .* NUL/],
    [{ environment: { 'a\0b': '' } }, /NUL/],
    [{ unset: ['A=B'] }, /cannot name/],
    [{ command: ['a=b'], environment: { 'x.y': '1' } }, /'=' in its name/],
    [{ outputs: [{ type: 'file', path: '\0', optional: false }] }, /Output 0/],
    [{ folder: 'relative' }, /folder must be an absolute path/],
    [{ workDirectory: '' }, /workDirectory must be an absolute path/],
    [{ nativeId: 'nobody' }, /which is the fence/],
    [{ nativeId: 'two\nlines' }, /one line/],
    [{ ranks: 0 }, /ranks must be/],
    [{ timeLimitSeconds: Number.NaN }, /timeLimitSeconds/],
    [{ graceSeconds: -1 }, /graceSeconds/],
  ];
  for (const [change, message] of refused) {
    expect(() => toArgumentFile({ ...TASK, ...change })).toThrow(TypeError);
    expect(() => toArgumentFile({ ...TASK, ...change })).toThrow(message);
  }
});

it('writes seconds as sleep reads them', () => {
  const text = toArgumentFile({ ...TASK, timeLimitSeconds: 1e21, graceSeconds: 10.0004 });
  expect(text).toContain('sj_limit=1000000000\nsj_grace=10\n');
  expect(toArgumentFile({ ...TASK, graceSeconds: 0.25 })).toContain('sj_limit=\nsj_grace=0.25\n');
});

it('gives a task the variables of every backend', () => {
  const values: TaskEnvironmentValues = {
    key: 'k',
    jobName: 'n',
    attempt: '1.0',
    nodeIndex: 0,
    nodeCount: 1,
    mainNode: 'host',
    workDirectory: '/w',
  };
  const common = {
    SCIJOB_KEY: 'k',
    SCIJOB_JOB_NAME: 'n',
    SCIJOB_ATTEMPT: '1.0',
    SCIJOB_NODE_INDEX: '0',
    SCIJOB_NODE_COUNT: '1',
    SCIJOB_MAIN_NODE: 'host',
    SCIJOB_WORK_DIR: '/w',
  };
  expect(toTaskEnvironment(values)).toEqual(common);
  expect(toTaskEnvironment({ ...values, index: 0, count: 2, item: '{"a":1}', itemFile: '/i' })).toEqual({
    ...common,
    SCIJOB_INDEX: '0',
    SCIJOB_COUNT: '2',
    SCIJOB_ITEM: '{"a":1}',
  });
});

it('takes an item too long for the environment from a file', () => {
  const base = {
    key: 'k',
    jobName: 'n',
    attempt: '1.0',
    nodeIndex: 0,
    nodeCount: 1,
    mainNode: 'h',
    workDirectory: '/w',
  } as const;
  const fits = 'é'.repeat(ITEM_ENVIRONMENT_LIMIT / 2);
  expect(toTaskEnvironment({ ...base, item: fits })['SCIJOB_ITEM']).toBe(fits);
  const long = toTaskEnvironment({ ...base, item: `${fits}.`, itemFile: '/i.json' });
  expect(long).toMatchObject({ SCIJOB_ITEM_FILE: '/i.json' });
  expect(long).not.toHaveProperty('SCIJOB_ITEM');
  expect(() => toTaskEnvironment({ ...base, item: `${fits}.` })).toThrow(TypeError);
});
