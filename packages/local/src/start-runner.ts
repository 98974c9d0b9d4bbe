import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Home } from './open-home.ts';
import type { RunnerOptions } from './runner/runner.ts';
import { isRunnerAlive } from './runner-claims.ts';
import { toBaseEnvironment } from './to-base-environment.ts';

/** A runner that was just started claims within a fraction of this; meanwhile no second one is started. */
const PATIENCE_MS = 2_000;

/** Sees to it that somebody runs the tasks of one directory. Losing a race is harmless: the second runner goes away. */
export class RunnerStarter {
  readonly #home: Home;
  readonly #options: RunnerOptions;
  #starting: { readonly child: ChildProcess; readonly sinceMs: number } | undefined;

  constructor(home: Home, options: RunnerOptions) {
    this.#home = home;
    this.#options = options;
  }

  /** Starts a runner unless one lives. It outlives this process: own session, own log file, no share in our environment. */
  ensure(nowMs: number): void {
    const { paths } = this.#home;
    if (isRunnerAlive(paths.runners)) {
      this.#starting = undefined;
      return;
    }
    if (this.#starting && isUnderWay(this.#starting.child) && nowMs - this.#starting.sinceMs < PATIENCE_MS) return;
    const log = openSync(paths.runnerLog, 'a', 0o600);
    try {
      const child = spawn(process.execPath, [runnerEntry(), paths.root, JSON.stringify(this.#options)], {
        cwd: paths.root,
        detached: true,
        env: toBaseEnvironment(process.env),
        stdio: ['ignore', log, log],
      });
      // Not started at all: the next call tries again, and `explain()` says that nobody runs the tasks.
      child.on('error', () => {
        this.#starting = undefined;
      });
      child.unref();
      this.#starting = { child, sinceMs: nowMs };
    } finally {
      closeSync(log);
    }
  }
}

/** One that was killed has no exit code either. */
function isUnderWay({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}

/** From `src` when that is what runs, from `dist` otherwise. */
function runnerEntry(): string {
  const entry = import.meta.url.endsWith('.ts') ? './runner-entry.ts' : './runner-entry.js';
  return fileURLToPath(new URL(entry, import.meta.url));
}
