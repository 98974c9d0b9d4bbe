import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { publishedPackages } from '../../workspace/workspace-package.ts';
import { surfaceReports } from './surface-report.ts';

describe.each(publishedPackages().map((owner) => ({ name: owner.manifest.name, owner })))(
  'the public surface of $name',
  ({ owner }) => {
    const reports = surfaceReports(owner);

    it('is kept for every entry, and for nothing else', () => {
      const kept = globSync('surface/*', { cwd: owner.folder }).map((file) => basename(file));
      expect(kept.sort()).toEqual(reports.map(({ file }) => basename(file)).sort());
    });

    it.each(reports.map((report) => ({ ...report, specifier: report.entry.specifier })))(
      'is the agreed one at $specifier',
      ({ file, text }) => {
        const agreed = existsSync(file) ? readFileSync(file, 'utf8') : '';
        expect(text, 'if this is meant: pnpm --filter @scijob/test surface').toBe(agreed);
      },
    );
  },
);
