import { spawnSync } from 'node:child_process';

export interface NodeRun {
  readonly status: number | null;
  readonly output: string;
}

/** Runs this Node with nothing of our own environment but PATH and what is given. `output` is stdout and then stderr. */
export function runNode(args: readonly string[], options: { cwd: string; env?: Record<string, string> }): NodeRun {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: options.cwd,
    env: { PATH: process.env['PATH'], ...options.env },
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, output: `${stdout}${stderr}` };
}
