// Runs alone, in a Node of its own: imports one module and prints, as JSON, everything the import did.
import { createHook } from 'node:async_hooks';
import childProcess from 'node:child_process';
import fs from 'node:fs';
import { createRequire, registerHooks, syncBuiltinESMExports } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { ImportEffects } from './import-effects.ts';

const specifier = process.argv[2] ?? '';
const target = pathToFileURL(createRequire(`${process.cwd()}/`).resolve(specifier)).href;

const loaded = new Set<string>();
const environmentReads = new Set<string>();
const calls = new Set<string>();
const resources = new Set<string>();

registerHooks({
  load(url, context, nextLoad) {
    if (url.startsWith('file:')) loaded.add(url);
    return nextLoad(url, context);
  },
});

/** Node's own loader reads the environment and the disk too: only what a package does is counted. */
function fromPackage(): boolean {
  return new Error().stack?.includes('/node_modules/') ?? false;
}

process.env = new Proxy(process.env, {
  get(environment, name) {
    if (typeof name === 'string' && fromPackage()) environmentReads.add(name);
    return Reflect.get(environment, name) as unknown;
  },
  has(environment, name) {
    if (typeof name === 'string' && fromPackage()) environmentReads.add(name);
    return Reflect.has(environment, name);
  },
  ownKeys(environment) {
    if (fromPackage()) environmentReads.add('*');
    return Reflect.ownKeys(environment);
  },
});

const CHANGES_FILES =
  /^(open|write|append|mk|rm|unlink|rename|copy|cp|link|symlink|truncate|ftruncate|f?chmod|f?chown|l?utimes|createWriteStream|watch)/;
observe(fs, 'fs', CHANGES_FILES);
observe(fs.promises, 'fs.promises', CHANGES_FILES);
observe(childProcess, 'child_process', /^(spawn|exec|fork)/);
observe(globalThis, 'globalThis', /^(setTimeout|setInterval|setImmediate|fetch)$/);
syncBuiltinESMExports();

const LOADING_NEEDS = /^(PROMISE|TickObject|Microtask|FSREQ\w*|FILEHANDLE\w*|WASMSTREAMINGOBJECT)$/;
const hook = createHook({
  init(_id, type) {
    if (!LOADING_NEEDS.test(type)) resources.add(type);
  },
});

const before = snapshot();
hook.enable();
await import(target);
hook.disable();
const after = snapshot();

const effects: ImportEffects = {
  loaded: [...loaded],
  environmentReads: [...environmentReads],
  calls: [...calls],
  resources: [...resources],
  activeResources: added(before.activeResources, after.activeResources),
  processListeners: added(before.processListeners, after.processListeners),
  globals: added(before.globals, after.globals),
};
console.log(JSON.stringify(effects));
// What the module began must not keep its observer waiting.
process.exit();

function snapshot() {
  return {
    activeResources: process.getActiveResourcesInfo(),
    processListeners: process
      .eventNames()
      .flatMap((name) => process.listeners(name as NodeJS.Signals).map((_, index) => `${String(name)}#${index}`)),
    globals: Reflect.ownKeys(globalThis).map(String),
  };
}

function added(earlier: readonly string[], later: readonly string[]): readonly string[] {
  return later.filter((name, index) => !earlier.includes(name) || later.indexOf(name) !== index);
}

function observe(owner: object, label: string, names: RegExp): void {
  for (const [name, original] of Object.entries(Object.getOwnPropertyDescriptors(owner))) {
    if (!names.test(name) || typeof original.value !== 'function' || original.writable !== true) continue;
    const call = original.value as (...args: readonly unknown[]) => unknown;
    Object.defineProperty(owner, name, {
      ...original,
      value(this: unknown, ...args: readonly unknown[]) {
        if (fromPackage() && !isPlainRead(name, args)) calls.add(`${label}.${name}`);
        return Reflect.apply(call, this, args);
      },
    });
  }
}

function isPlainRead(name: string, [, flags]: readonly unknown[]): boolean {
  return /^open(Sync|AsBlob)?$/.test(name) && (flags === undefined || flags === 'r' || flags === fs.constants.O_RDONLY);
}
