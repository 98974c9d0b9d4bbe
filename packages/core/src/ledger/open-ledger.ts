import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { Clock } from '../seam/clock.ts';
import { silentLogger } from '../seam/default-logger.ts';
import type { Logger } from '../seam/logger.ts';
import { systemClock } from '../seam/system-clock.ts';
import type { Ledger } from './ledger.ts';
import { hasCode, type LedgerFiles } from './ledger-files.ts';
import { ledgerFolder } from './ledger-folder.ts';
import { type LedgerSystem, machineSystem } from './ledger-system.ts';
import { LedgerUnavailableError } from './ledger-unavailable-error.ts';
import { createMemoryLedgerFiles } from './memory-ledger-files.ts';
import { nodeLedgerFiles } from './node-ledger-files.ts';
import { RecordedLedger } from './recorded-ledger.ts';
import { temporaryName } from './temporary-name.ts';
import { readWholeFile, writeWholeFile } from './write-whole-file.ts';

export interface OpenLedgerOptions {
  /** @default the machine's own time */
  readonly clock?: Clock;
  /** @default none */
  readonly logger?: Logger;
  /** @internal The disk it is on. */
  readonly files?: LedgerFiles;
  /** @internal The machine whose processes use it. */
  readonly system?: LedgerSystem;
}

/**
 * Opens the ledger in a folder, and makes it when there is none: its folder and its id, nothing else until something is recorded.
 * `'memory'` is one of its own that ends with the process.
 *
 * @throws {LedgerUnavailableError} Nothing can be written there. Nothing else is used in its place.
 */
export async function openLedger(location: string | 'memory', options: OpenLedgerOptions = {}): Promise<Ledger> {
  const { clock = systemClock, logger = silentLogger, system = machineSystem } = options;
  const { files = location === 'memory' ? createMemoryLedgerFiles() : nodeLedgerFiles } = options;
  const root = location === 'memory' ? '/memory' : resolve(location);
  let id: string;
  try {
    id = (await readLedgerId(files, root)) ?? (await createLedgerId(files, root));
    await files.requireWritable(root);
  } catch (cause) {
    throw new LedgerUnavailableError(root, cause instanceof Error ? cause.message : String(cause), { cause });
  }
  if (!/^[0-9a-f]{32}$/.test(id)) {
    throw new LedgerUnavailableError(root, `${JSON.stringify(ledgerFolder(root).id)} is not the id of a ledger`);
  }
  return new RecordedLedger({
    files,
    root,
    id,
    session: await system.currentSession(clock.now()),
    system,
    clock,
    logger,
  });
}

async function readLedgerId(files: LedgerFiles, root: string): Promise<string | undefined> {
  try {
    return (await readWholeFile(files, ledgerFolder(root).id)).toString().trim();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Of several who open a new ledger at once, one names it. */
async function createLedgerId(files: LedgerFiles, root: string): Promise<string> {
  await files.createFolder(root, 'folder');
  const id = randomBytes(16).toString('hex');
  const temporary = temporaryName(root);
  try {
    await writeWholeFile(files, temporary, Buffer.from(`${id}\n`), 'id');
    await files.link(temporary, ledgerFolder(root).id, 'id');
  } catch (error) {
    // Taken meanwhile: theirs it is.
    if (!hasCode(error, 'EEXIST')) throw error;
  } finally {
    await files.remove(temporary, 'id').catch(() => {});
  }
  await files.syncFolder(root, 'id');
  return (await readLedgerId(files, root)) ?? id;
}
