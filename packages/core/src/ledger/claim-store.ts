import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Json } from '../util/json.ts';
import { sha256 } from '../util/sha256.ts';
import type { ClaimHolder, ClaimOutcome } from './ledger.ts';
import { LedgerDamagedError } from './ledger-damaged-error.ts';
import { hasCode, type LedgerFiles } from './ledger-files.ts';
import { temporaryName } from './temporary-name.ts';
import { readWholeFile, writeWholeFile } from './write-whole-file.ts';

/**
 * Names taken exclusively and for ever. A claim is a finished, durable file linked into place: `link` is exclusive on every file
 * system we know, NFS with it, and nobody ever sees a claim that is not whole.
 */
export class ClaimStore {
  readonly #files: LedgerFiles;
  readonly #folder: string;

  constructor(files: LedgerFiles, folder: string) {
    this.#files = files;
    this.#folder = folder;
  }

  async claim(holder: ClaimHolder): Promise<ClaimOutcome> {
    // Spares the three syncs below when the name is taken long since.
    const earlier = await this.read(holder.name);
    if (earlier) return { type: 'held', by: earlier };
    await this.#files.createFolder(this.#folder, 'claim');
    const path = claimPath(this.#folder, holder.name);
    const temporary = temporaryName(this.#folder);
    const ticket = randomBytes(16).toString('hex');
    try {
      await writeWholeFile(this.#files, temporary, Buffer.from(`${JSON.stringify({ ...holder, ticket })}\n`), 'claim');
      await this.#files.link(temporary, path, 'claim');
    } catch (error) {
      // NFS may repeat a link whose answer was lost, and then say that the name is taken, by ourselves.
      if (!hasCode(error, 'EEXIST')) throw error;
      const claim = await readClaim(this.#files, path);
      if (!claim) throw error;
      if (claim.ticket !== ticket) return { type: 'held', by: claim.holder };
    } finally {
      await this.#files.remove(temporary, 'claim').catch(() => {});
    }
    await this.#files.syncFolder(this.#folder, 'claim');
    return { type: 'won' };
  }

  async read(name: string): Promise<ClaimHolder | undefined> {
    return (await readClaim(this.#files, claimPath(this.#folder, name)))?.holder;
  }
}

interface Claim {
  readonly holder: ClaimHolder;
  readonly ticket: string;
}

/** `undefined` when nobody holds it. */
export async function readClaim(files: LedgerFiles, path: string): Promise<Claim | undefined> {
  let text: string;
  try {
    text = (await readWholeFile(files, path)).toString();
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
  try {
    const { ticket, ...holder } = JSON.parse(text) as ClaimHolder & { readonly ticket: string; readonly note?: Json };
    if (typeof holder.session.id === 'string' && typeof holder.n === 'number') return { holder, ticket };
  } catch {
    // Said below.
  }
  throw new LedgerDamagedError(
    `The claim ${JSON.stringify(path)} does not hold what was written there. Bring it back from a copy; deleting it would allow a second job under the same key.`,
  );
}

export function claimPath(folder: string, name: string): string {
  return join(folder, sha256(name));
}
