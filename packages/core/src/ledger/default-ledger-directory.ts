import { homedir } from 'node:os';
import { posix, win32 } from 'node:path';

/**
 * Where the ledger is when nobody says: `ledger` in `$SCIJOB_HOME`, else in the folder the system keeps for state of this user:
 * `$XDG_STATE_HOME/scijob` or `~/.local/state/scijob`; on macOS `~/Library/Application Support/scijob`; on Windows
 * `%LOCALAPPDATA%\scijob`. Touches no file.
 */
export function defaultLedgerDirectory(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  const { join } = platform === 'win32' ? win32 : posix;
  return join(stateDirectory(environment, platform, home), 'ledger');
}

/** The folder of everything scijob keeps for this user; the ledger is one folder in it. */
export function stateDirectory(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): string {
  const { join, resolve, isAbsolute } = platform === 'win32' ? win32 : posix;
  const own = environment['SCIJOB_HOME'];
  if (own) return resolve(own);
  if (platform === 'win32') return join(environment['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'scijob');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'scijob');
  const state = environment['XDG_STATE_HOME'];
  // The XDG specification: a relative path is to be ignored.
  return join(state && isAbsolute(state) ? state : join(home, '.local', 'state'), 'scijob');
}
