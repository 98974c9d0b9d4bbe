// Takes today's surface of every entry as the agreed one. Look at the diff before committing it.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { REPOSITORY } from '../../workspace/repository.ts';
import { publishedPackages } from '../../workspace/workspace-package.ts';
import { surfaceReports } from './surface-report.ts';

for (const owner of publishedPackages()) {
  rmSync(join(owner.folder, 'surface'), { recursive: true, force: true });
  for (const { file, text } of surfaceReports(owner)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    console.log(relative(REPOSITORY, file));
  }
}
