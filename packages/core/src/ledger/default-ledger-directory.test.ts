import { expect, it } from 'vitest';
import { defaultLedgerDirectory } from './default-ledger-directory.ts';

it.each([
  ['linux', {}, '/home/ada/.local/state/scijob/ledger'],
  ['linux', { XDG_STATE_HOME: '/state' }, '/state/scijob/ledger'],
  ['linux', { XDG_STATE_HOME: 'relative', SCIJOB_HOME: '' }, '/home/ada/.local/state/scijob/ledger'],
  ['linux', { XDG_STATE_HOME: '/state', SCIJOB_HOME: '/project' }, '/project/ledger'],
  ['darwin', { XDG_STATE_HOME: '/state' }, '/home/ada/Library/Application Support/scijob/ledger'],
  ['win32', { LOCALAPPDATA: 'C:\\Users\\ada\\AppData\\Local' }, 'C:\\Users\\ada\\AppData\\Local\\scijob\\ledger'],
] as const)('on %s with %o the ledger is in %s', (platform, environment, expected) => {
  expect(defaultLedgerDirectory(environment, platform, '/home/ada')).toBe(expected);
});
