import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runNode } from './run-node.ts';

export interface ImportEffects {
  /** URLs of the files of the module graph. */
  readonly loaded: readonly string[];
  /** Environment variables a package looked at; `*` for all of them. */
  readonly environmentReads: readonly string[];
  /** Calls that change files, start processes or set timers, also those that failed or were caught. */
  readonly calls: readonly string[];
  /** Kinds of asynchronous resources begun: `Timeout`, `TCPWRAP`, … */
  readonly resources: readonly string[];
  /** What would keep the process alive. */
  readonly activeResources: readonly string[];
  readonly processListeners: readonly string[];
  /** Names added to `globalThis`. */
  readonly globals: readonly string[];
}

export interface ObservedImport extends ImportEffects {
  /** What it left in the empty home, state and temporary folders it was given. */
  readonly filesLeft: readonly string[];
}

/** Imports `specifier` in a fresh process that may read files and nothing else, as code installed in `folder` would. */
export function observeImport(specifier: string, folder: string): ObservedImport {
  const empty = join(folder, `observed-${specifier.replaceAll('/', '-')}`);
  const places = { HOME: join(empty, 'home'), SCIJOB_HOME: join(empty, 'state'), TMPDIR: join(empty, 'tmp') };
  for (const place of Object.values(places)) mkdirSync(place, { recursive: true });
  const { status, output } = runNode(
    ['--permission', '--allow-fs-read=*', join(import.meta.dirname, 'import-observer.ts'), specifier],
    { cwd: folder, env: { ...places, XDG_STATE_HOME: places.SCIJOB_HOME } },
  );
  if (status !== 0) throw new Error(`importing ${specifier} failed: ${output}`);
  const filesLeft = Object.values(places).flatMap((place) => readdirSync(place));
  return { ...(JSON.parse(output) as ImportEffects), filesLeft };
}

/** Third-party packages among the loaded files, by name. */
export function thirdPartyPackages({ loaded }: ImportEffects): readonly string[] {
  const names = loaded.map((url) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? url);
  return [...new Set(names)].filter((name) => !name.startsWith('@scijob/')).sort();
}
