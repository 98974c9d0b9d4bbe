import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { type ImportEffects, type ObservedImport, observeImport, thirdPartyPackages } from './import-effects.ts';
import { PACKED_ENTRY_POINTS } from './packed-entry-points.ts';

const { folder } = inject('packed');

/** What importing an entry may load besides our own files. A name more here is a cost to every user: argue for it. */
const THIRD_PARTY: Readonly<Record<string, readonly string[]>> = {
  '@scijob/core': ['valibot'],
  '@scijob/core/adapter': [],
  '@scijob/core/wrapper': [],
  '@scijob/local': [],
  '@scijob/testing': [],
  '@scijob/testing/conformance': ['valibot'],
};

describe.each(PACKED_ENTRY_POINTS)('importing $specifier', ({ specifier }) => {
  const observed = observeImport(specifier, folder);

  it('does nothing', () => {
    expect(whatItDid(observed)).toEqual(NOTHING);
  });

  it('loads only the third-party packages pinned here', () => {
    expect(observed.loaded.length).toBeGreaterThan(0);
    expect(thirdPartyPackages(observed)).toEqual(THIRD_PARTY[specifier]);
  });
});

describe('the observer', () => {
  it.each<[string, Partial<ReturnType<typeof whatItDid>>]>([
    ["process.on('SIGINT', () => {});", { processListeners: ['SIGINT#0'] }],
    ["process.once('exit', () => {});", { processListeners: ['exit#0'] }],
    ['process.env.SCIJOB_HOME;', { environmentReads: ['SCIJOB_HOME'] }],
    ["import { env } from 'node:process'; env.HOME;", { environmentReads: ['HOME'] }],
    ['({ ...process.env });', { environmentReads: expect.arrayContaining(['*']) }],
    ['setTimeout(() => {}, 1).unref();', { calls: ['globalThis.setTimeout'], resources: ['Timeout'] }],
    [
      "import { setInterval } from 'node:timers'; setInterval(() => {}, 1e3);",
      { resources: ['Timeout'], activeResources: ['Timeout'] },
    ],
    [
      "import { mkdirSync } from 'node:fs'; try { mkdirSync(process.cwd() + '/made'); } catch {}",
      { calls: ['fs.mkdirSync'] },
    ],
    [
      "import { open } from 'node:fs/promises'; await open('/tmp/scijob-made', 'a').catch(() => {});",
      { calls: ['fs.promises.open'] },
    ],
    [
      "import { spawnSync } from 'node:child_process'; try { spawnSync('true'); } catch {}",
      { calls: ['child_process.spawnSync'] },
    ],
    ['globalThis.scijob = 1;', { globals: ['scijob'] }],
  ])('sees: %s', (source, did) => {
    const name = installModule(source);
    expect(whatItDid(observeImport(name, folder))).toMatchObject(did);
  });

  it('sees a third-party package that was loaded', () => {
    const other = installModule('export const a = 1;');
    const name = installModule(`import '${other}';`);
    expect(thirdPartyPackages(observeImport(name, folder))).toEqual([other, name].sort());
  });

  it('sees nothing where nothing happens, reading a file aside', () => {
    const name = installModule("import { readFileSync } from 'node:fs'; readFileSync(new URL(import.meta.url));");
    expect(whatItDid(observeImport(name, folder))).toEqual(NOTHING);
  });
});

const NOTHING: ReturnType<typeof whatItDid> = {
  filesLeft: [],
  environmentReads: [],
  calls: [],
  resources: [],
  activeResources: [],
  processListeners: [],
  globals: [],
};

function whatItDid({ loaded: _, ...did }: ObservedImport): Omit<ObservedImport, keyof Pick<ImportEffects, 'loaded'>> {
  return did;
}

let installed = 0;

/** Puts one module beside the packed packages, as a package of its own. */
function installModule(source: string): string {
  installed += 1;
  const name = `observed-module-${installed}`;
  const place = join(folder, 'node_modules', name);
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, 'package.json'), JSON.stringify({ name, type: 'module', exports: './index.js' }));
  writeFileSync(join(place, 'index.js'), source);
  return name;
}
