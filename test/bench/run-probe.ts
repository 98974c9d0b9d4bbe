import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface ProbeOptions {
  readonly program: URL;
  readonly args: readonly string[];
  /** Arguments of Node itself. */
  readonly node?: readonly string[];
}

/** Runs a program of ours in a fresh process, without our own environment, and gives back the line of JSON it printed. */
export async function runProbe<Answer>({ program, args, node = [] }: ProbeOptions): Promise<Answer> {
  const { stdout } = await run(process.execPath, [...node, fileURLToPath(program), ...args], {
    env: { PATH: process.env['PATH'] },
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(stdout) as Answer;
}
