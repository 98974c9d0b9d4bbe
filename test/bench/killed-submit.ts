import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('./recovery-probe.ts', import.meta.url));

/** Arguments of the program behind what it does: see there. */
export type SubmitArguments = readonly [port: string, ledger: string, jobs: string, seed: string, inFlight: string];

/** How long the program submits when nobody kills it, from its first submit on. */
export async function submitSeconds(args: SubmitArguments): Promise<number> {
  const { begunMs, ended } = await begin(args);
  const { code } = await ended;
  if (code !== 0) throw new Error(`The program that submits ended with ${code}.`);
  return (performance.now() - begunMs) / 1_000;
}

/** Kills the program in the midst of its submits, for good. False when it had done before. */
export async function killSubmit(args: SubmitArguments, afterSeconds: number): Promise<boolean> {
  const { child, begunMs, ended } = await begin(args);
  await setTimeout(Math.max(0, begunMs + 1_000 * afterSeconds - performance.now()));
  child.kill('SIGKILL');
  return (await ended).signal === 'SIGKILL';
}

async function begin(args: SubmitArguments) {
  const child = spawn(process.execPath, [PROGRAM, 'submit', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
  }));
  await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    ended.then(({ code }) => {
      throw new Error(`The program that submits ended with ${code} before it began.`);
    }),
  ]);
  return { child, ended, begunMs: performance.now() };
}
