import { existsSync, linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessIdentity } from '@scijob/core/wrapper';
import { isAlive, thisProcess } from './process-identity.ts';

/** `runner/<n>`: who runs tasks here. Only the newest counts; the next is taken when that one is dead or said goodbye. */
export interface RunnerClaim {
  readonly number: number;
  readonly process: ProcessIdentity | undefined;
  readonly saidGoodbye: boolean;
}

export function readNewestClaim(runners: string): RunnerClaim | undefined {
  const number = newestNumber(runners);
  if (number === 0) return undefined;
  const path = join(runners, String(number));
  return { number, process: parseProcess(path), saidGoodbye: existsSync(`${path}.bye`) };
}

/** Whether tasks are looked after: somebody holds the newest claim, lives, and has not said goodbye. */
export function isRunnerAlive(runners: string): boolean {
  return holds(readNewestClaim(runners));
}

/** Takes the next number for this process, or `undefined` when another runner lives or was faster. */
export function claimRunner(runners: string): number | undefined {
  const newest = readNewestClaim(runners);
  if (holds(newest)) return undefined;
  // The number after the one that was looked at, not after whatever is newest by now: that one may live.
  const number = (newest?.number ?? 0) + 1;
  const path = join(runners, String(number));
  const temporary = `${path}.${process.pid}.new`;
  writeFileSync(temporary, `${JSON.stringify(thisProcess())}\n`, { mode: 0o600 });
  try {
    // Whole or not at all, and never over another one.
    linkSync(temporary, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
  if (newestNumber(runners) !== number) return undefined;
  forgetOldClaims(runners, number);
  return number;
}

export function isNewestClaim(runners: string, number: number): boolean {
  return newestNumber(runners) === number;
}

export function sayGoodbye(runners: string, number: number): void {
  writeFileSync(join(runners, `${number}.bye`), '', { mode: 0o600 });
}

function holds(claim: RunnerClaim | undefined): boolean {
  return claim?.process !== undefined && !claim.saidGoodbye && isAlive(claim.process);
}

function newestNumber(runners: string): number {
  let newest = 0;
  for (const name of listClaims(runners)) if (/^\d+$/.test(name)) newest = Math.max(newest, Number(name));
  return newest;
}

function listClaims(runners: string): readonly string[] {
  try {
    return readdirSync(runners);
  } catch (error) {
    // Nobody was ever here, or somebody cleared everything away.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Keeps so many that no slow competitor can take a number that was given away before. */
const KEPT_CLAIMS = 100;

function forgetOldClaims(runners: string, newest: number): void {
  for (const name of readdirSync(runners)) {
    if (Number.parseInt(name, 10) <= newest - KEPT_CLAIMS) rmSync(join(runners, name), { force: true });
  }
}

function parseProcess(path: string): ProcessIdentity | undefined {
  try {
    const value: Partial<ProcessIdentity> = JSON.parse(readFileSync(path, 'utf8'));
    const { bootId, pid, startTime } = value;
    if (typeof bootId === 'string' && typeof pid === 'number' && typeof startTime === 'string') {
      return { bootId, pid, startTime };
    }
  } catch {
    // Emptied by a power cut: whoever wrote it is dead.
  }
  return undefined;
}
