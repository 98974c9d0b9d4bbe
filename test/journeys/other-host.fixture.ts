import { spawnSync } from 'node:child_process';

const COMMON = ['--pid', '--fork', '--mount-proc', '--kill-child'];
const WAYS = [
  ['unshare', ...COMMON],
  ['unshare', '--user', '--map-root-user', ...COMMON],
];

/** What a program is started with to have process ids of its own, as if on another machine; `undefined` where that is not allowed. */
function findOtherHost(): readonly string[] | undefined {
  return WAYS.find(([program = '', ...argv]) => spawnSync(program, [...argv, 'true']).status === 0);
}

const found = findOtherHost();
export const hasOtherHost = found !== undefined;

export function otherHost(): readonly string[] {
  if (!found) throw new Error('Process namespaces are not to be had here.');
  return found;
}
