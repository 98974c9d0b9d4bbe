import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REPOSITORY } from '../workspace/repository.ts';

function count(log: string, status: number) {
  const folder = mkdtempSync(join(tmpdir(), 'scijob-count-'));
  const file = join(folder, 'log');
  writeFileSync(file, log);
  const { stdout, status: code } = spawnSync(process.execPath, [
    join(REPOSITORY, '.ci/count-tests.mjs'),
    file,
    String(status),
  ]);
  rmSync(folder, { recursive: true });
  return { line: String(stdout), code };
}

const ESCAPE = String.fromCharCode(27);
const PASSED = `${ESCAPE}[35m@scijob/core:test: ${ESCAPE}[0m${ESCAPE}[2m      Tests ${ESCAPE}[22m ${ESCAPE}[32m7 passed${ESCAPE}[39m (7)`;
const FAILED = '@scijob/local:test:       Tests  1 failed | 4 passed | 2 skipped (7)';

describe('the closing line of CI', () => {
  it('adds up the tests of every package, through colours and prefixes', () => {
    expect(count(`${PASSED}\n@scijob/test:test:       Tests  3 passed (3)\n`, 0)).toEqual({
      line: '10 passed, 0 failed\n',
      code: 0,
    });
  });

  it('says what failed and what was skipped, and fails', () => {
    expect(count(`${PASSED}\n${FAILED}\n`, 1)).toEqual({ line: '11 passed, 1 failed, 2 skipped\n', code: 1 });
  });

  it('counts a part that failed without a failing test as a failure', () => {
    expect(count(`${PASSED}\n`, 1)).toEqual({ line: '7 passed, 1 failed\n', code: 1 });
  });

  it('counts a run that tested nothing as a failure', () => {
    expect(count('Test Files  3 passed (3)\n', 0)).toEqual({ line: '0 passed, 1 failed\n', code: 1 });
  });
});
