import { readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isTestFile, sourceFiles } from '../workspace/source-files.ts';
import { workspacePackages } from '../workspace/workspace-package.ts';
import { type LayerImport, layerViolation } from './core-layers.ts';
import { parseModule } from './parse-module.ts';

const importing = (from: string, to: string, typeOnly = false): LayerImport => ({ from, to, typeOnly });

describe('the layers of core', () => {
  it.each([
    importing('client/client.ts', 'handle/handle.ts'),
    importing('client/client.ts', 'util/json.ts'),
    importing('ledger/ledger.ts', 'ledger/segment.ts'),
    importing('tracker/adapter-slot.ts', 'budget/adapter-budget.ts'),
    importing('budget/adapter-budget.ts', 'seam/clock.ts'),
    importing('index.ts', 'client/client.ts'),
    importing('job/output.ts', 'state/usage.ts', true),
    importing('state/usage.ts', 'job/output.ts', true),
    importing('wrapper/end-record.ts', 'state/failure-reason.ts'),
    importing('wrapper/end-record.ts', 'job/output.ts', true),
  ])('allow $from → $to (only types: $typeOnly)', (good) => {
    expect(layerViolation(good)).toBeUndefined();
  });

  it.each([
    importing('handle/handle.ts', 'client/client.ts'),
    importing('util/json.ts', 'ids/attempt.ts', true),
    importing('errors/a.ts', 'job/output.ts'),
    importing('seam/part.ts', 'ledger/segment.ts', true),
    importing('state/usage.ts', 'job/output.ts'),
    importing('wrapper/end-record.ts', 'seam/part.ts', true),
    importing('wrapper/end-record.ts', 'ledger/segment.ts'),
    importing('wrapper/end-record.ts', 'job/output.ts'),
    importing('ledger/segment.ts', 'wrapper/end-record.ts'),
    importing('job/output.ts', 'index.ts', true),
    importing('budget/adapter-budget.ts', 'tracker/adapter-slot.ts', true),
    importing('budget/adapter-budget.ts', 'ledger/ledger.ts', true),
    importing('helpers/a.ts', 'util/json.ts'),
  ])('forbid $from → $to (only types: $typeOnly)', (bad) => {
    expect(layerViolation(bad)).toEqual(expect.any(String));
  });

  it('are kept by every import in packages/core/src, types included', () => {
    const core = workspacePackages().find(({ path }) => path === 'packages/core');
    const source = join(core?.folder ?? '', 'src');
    const files = core ? sourceFiles(core).filter((file) => file.startsWith('src/') && !isTestFile(file)) : [];
    expect(files).toContain('src/index.ts');

    const violations = files.flatMap((file) => {
      const from = file.slice('src/'.length);
      return parseModule(file, readFileSync(join(source, from), 'utf8'))
        .imports.filter(({ specifier }) => specifier.startsWith('.'))
        .flatMap(({ specifier, typeOnly, line }) => {
          const violation = layerViolation({ from, to: posix.join(dirname(from), specifier), typeOnly });
          return violation === undefined ? [] : [`${file}:${line}: ${violation}`];
        });
    });

    expect(violations).toEqual([]);
  });
});
