import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Figure, type Metric, median, type Scale } from './harness.ts';

const RUNS = 21;
const CORE = fileURLToPath(new URL('../../packages/core', import.meta.url));
const PNPM = fileURLToPath(new URL('../../node_modules/.bin/pnpm', import.meta.url));

/** Says how long one import took, and how much the process has after it. */
const PROGRAM = `
const begun = performance.now();
await import(process.argv[2]);
const milliseconds = performance.now() - begun;
process.stdout.write(JSON.stringify({ milliseconds, rssBytes: process.memoryUsage.rss() }));
`;

interface Import {
  readonly milliseconds: number;
  readonly rssBytes: number;
}

export const importTime: Metric = {
  name: 'import',
  about: "import '@scijob/core' from its tarball, in a cold process",
  measure: measureImport,
};

async function measureImport({ quick }: Scale): Promise<readonly Figure[]> {
  const runs = quick ? 5 : RUNS;
  const folder = mkdtempSync(join(tmpdir(), 'scijob-import-'));
  try {
    install(folder);
    const empty: Import[] = [];
    const core: Import[] = [];
    const zod: Import[] = [];
    for (let run = 0; run <= runs; run += 1) {
      const round = [importOnce(folder, './empty.js'), importOnce(folder, '@scijob/core'), importOnce(folder, 'zod')];
      // The first reads the files from the disk.
      if (run === 0) continue;
      for (const [at, list] of [empty, core, zod].entries()) list.push(...round.slice(at, at + 1));
    }
    // Of one cold start beside another the empty one may be the slower: its median is taken off, not its neighbour.
    const baselineMs = median(empty.map(({ milliseconds }) => milliseconds));
    const baselineBytes = median(empty.map(({ rssBytes }) => rssBytes));
    const shared = {
      peer: "import 'zod'",
      size: { runs },
      note: `an empty module: ${baselineMs.toFixed(1)} ms, ${mebibytes(baselineBytes).toFixed(1)} MiB`,
    };
    return [
      {
        ...shared,
        metric: 'import-time',
        unit: 'ms beyond an empty module',
        pairs: core.map(({ milliseconds }, run) => ({
          ours: milliseconds - baselineMs,
          peer: (zod[run]?.milliseconds ?? Number.NaN) - baselineMs,
        })),
        goal: { ratio: { atMost: 0.8 } },
      },
      {
        ...shared,
        metric: 'import-memory',
        unit: 'MiB resident beyond an empty module',
        pairs: core.map(({ rssBytes }, run) => ({
          ours: mebibytes(rssBytes - baselineBytes),
          peer: mebibytes((zod[run]?.rssBytes ?? Number.NaN) - baselineBytes),
        })),
        goal: { value: { atMost: 10 } },
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Both in one `node_modules`, as a user's would be. */
function install(folder: string): void {
  const packed = execFileSync(PNPM, ['pack', '--json', '--pack-destination', folder], { cwd: CORE, encoding: 'utf8' });
  const { filename } = JSON.parse(packed.slice(packed.indexOf('{'))) as { readonly filename: string };
  const { version } = JSON.parse(readFileSync(fileURLToPath(import.meta.resolve('zod/package.json')), 'utf8')) as {
    readonly version: string;
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  writeFileSync(join(folder, 'empty.js'), '');
  writeFileSync(join(folder, 'import-once.js'), PROGRAM);
  const quiet = ['--no-audit', '--no-fund', '--no-progress', '--loglevel=error'];
  execFileSync('npm', ['install', '--ignore-scripts', '--prefer-offline', ...quiet, filename, `zod@${version}`], {
    cwd: folder,
    // npm runs on our Node here, which by itself trusts fewer registries than the machine does.
    env: { ...process.env, NODE_USE_SYSTEM_CA: '1' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  process.stderr.write(`  the tarball of @scijob/core, and zod ${version}\n`);
}

function importOnce(folder: string, what: string): Import {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['import-once.js', what], {
    cwd: folder,
    env: { PATH: process.env['PATH'] },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The import of ${what} failed: ${stderr}`);
  return JSON.parse(stdout) as Import;
}

function mebibytes(bytes: number): number {
  return bytes / 2 ** 20;
}
