import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from '../workspace/repository.ts';
import { applyDefect } from './apply-defect.ts';
import { CopiedPackages } from './copied-packages.ts';
import type { Defect } from './defect.ts';
import { defectPage } from './defect-page.ts';
import { DEFECTS } from './defects.ts';
import { runTests, type TestResult } from './run-tests.ts';

const args = process.argv.slice(2).filter((arg) => arg !== '--');
const isWritten = args.includes('--write');
const ids = args.filter((arg) => !arg.startsWith('--'));
const unknown = ids.filter((id) => !DEFECTS.some((defect) => defect.id === id));
if (unknown.length > 0) throw new Error(`There is no defect ${unknown.join(', ')}.`);
const chosen = ids.length > 0 ? DEFECTS.filter(({ id }) => ids.includes(id)) : DEFECTS;

const copy = new CopiedPackages();
process.once('exit', () => copy.remove());
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const bad = (await withoutDefects(chosen)) || (await withEach(chosen));
if (!bad && isWritten) writeFileSync(join(REPOSITORY, 'docs/seeded-defects.md'), defectPage(DEFECTS));
process.exitCode = bad ? 1 : 0;

/** Without any defect the tests must pass: else their failing says nothing. `true` when one does not. */
async function withoutDefects(defects: readonly Defect[]): Promise<boolean> {
  const results: TestResult[] = [];
  for (const name of ['core', 'local'] as const) {
    results.push(
      ...(await runTests(
        copy,
        defects.map(({ test }) => test).filter((test) => test.package === name),
      )),
    );
  }
  const notGreen = defects.filter(({ test }) => {
    const own = results.filter((result) => isOf(result, test));
    return own.length === 0 || own.some(({ hasFailed }) => hasFailed);
  });
  for (const { id, test } of notGreen) {
    const why = results.find((result) => isOf(result, test))?.why ?? 'it did not run';
    console.log(`not green without a defect  ${id}: ${test.file} › ${test.title}: ${why}`);
  }
  return notGreen.length > 0;
}

/** `true` when one survives. */
async function withEach(defects: readonly Defect[]): Promise<boolean> {
  let survivors = 0;
  for (const defect of defects) {
    const path = copy.path(defect.file);
    const source = readFileSync(path, 'utf8');
    const begunMs = performance.now();
    writeFileSync(path, applyDefect(source, defect));
    const results = await runTests(copy, [defect.test]);
    writeFileSync(path, source);
    const failed = results.find((result) => result.hasFailed && isOf(result, defect.test));
    const seconds = ((performance.now() - begunMs) / 1_000).toFixed(1);
    const why = failed?.why ?? (results.length === 0 ? 'its test did not run' : 'its test passed');
    console.log(`${failed ? 'killed  ' : 'SURVIVED'}  ${defect.id.padEnd(30)} ${seconds.padStart(5)} s  ${why}`);
    if (!failed) survivors += 1;
  }
  console.log(`${defects.length - survivors} of ${defects.length} killed.`);
  return survivors > 0;
}

function isOf(result: TestResult, { file, title }: Defect['test']): boolean {
  return result.file.endsWith(`/${file}`) && result.title === title;
}
