import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { stateDirectory } from '@scijob/core/adapter';
import { expect, it } from 'vitest';
import { createLocal } from './index.ts';
import { resolveLocalOptions } from './local-options.ts';

it('looks for its directory at the first use, in the order the documentation says', () => {
  expect(resolveLocalOptions({ directory: '/x/y' }, { SCIJOB_HOME: '/home' }).directory).toBe('/x/y');
  expect(resolveLocalOptions({}, { SCIJOB_HOME: '/home', XDG_STATE_HOME: '/state' }).directory).toBe('/home/local');
  expect(resolveLocalOptions({}, { XDG_STATE_HOME: '/state' }).directory).toBe('/state/scijob/local');
  expect(resolveLocalOptions({}, {}).directory).toBe(join(stateDirectory({}), 'local'));
  expect(resolveLocalOptions({}, {}).pool).toMatchObject({ cpus: availableParallelism(), gpus: 0 });
});

it.each([
  { cpus: 0 },
  { cpus: Number.NaN },
  { memoryGiB: -1 },
  { gpus: 1.5 },
  { image: 'run' as 'ignore' },
  { directory: 'with\nline end' },
  { cpu: 4 } as object,
])('refuses %j when it is made', (options) => {
  expect(() => createLocal(options)).toThrow(TypeError);
});
