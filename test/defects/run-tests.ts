import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from '../workspace/repository.ts';
import type { CopiedPackages } from './copied-packages.ts';
import type { DefectTest } from './defect.ts';

export interface TestResult {
  readonly file: string;
  readonly title: string;
  readonly hasFailed: boolean;
  /** Of the failure, its first line. */
  readonly why: string;
}

interface Report {
  readonly testResults?: readonly {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

const TEST_LIMIT_MS = 30_000;
const RUN_LIMIT_MS = 300_000;

/** Runs just these tests of one package of the copy; none that did not run is among the results. */
export async function runTests(copy: CopiedPackages, tests: readonly DefectTest[]): Promise<readonly TestResult[]> {
  const [first] = tests;
  if (!first) return [];
  const report = join(copy.folder, 'report.json');
  rmSync(report, { force: true });
  const vitest = join(REPOSITORY, 'packages', first.package, 'node_modules/vitest/vitest.mjs');
  const files = [...new Set(tests.map(({ file }) => file))];
  const titles = [...new Set(tests.map(({ title }) => escapePattern(title)))];
  const options = ['--reporter=json', `--outputFile=${report}`, `--testTimeout=${TEST_LIMIT_MS}`, '--maxWorkers=1'];
  const child = spawn(process.execPath, [vitest, 'run', ...files, '-t', `(${titles.join('|')})`, ...options], {
    cwd: copy.path(first.package),
    stdio: 'ignore',
    timeout: RUN_LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  await new Promise((resolve) => child.on('close', resolve));
  if (!existsSync(report)) return [];
  const { testResults = [] } = JSON.parse(readFileSync(report, 'utf8')) as Report;
  return testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === 'passed' || status === 'failed')
      .map(({ title, status, failureMessages = [] }) => ({
        file: name,
        title: title.trim(),
        hasFailed: status === 'failed',
        why: failureMessages[0]?.split('\n')[0] ?? '',
      })),
  );
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
