import { basename, join } from 'node:path';
import { claimPath, readClaim } from './claim-store.ts';
import type { LedgerFiles } from './ledger-files.ts';
import type { Findings } from './ledger-finding.ts';
import { hashFile } from './payload-store.ts';

/** Whether referred payloads are there, without keeping a list of them; and whether those that are there are whole. */
export class PayloadCheck {
  readonly #files: LedgerFiles;
  readonly #folder: string;
  readonly #findings: Findings;
  #waiting = new Set<string>();
  #recent = new Set<string>();

  constructor(files: LedgerFiles, folder: string, findings: Findings) {
    this.#files = files;
    this.#folder = folder;
    this.#findings = findings;
  }

  expect(sha256: string): void {
    if (!this.#recent.has(sha256)) this.#waiting.add(sha256);
  }

  async look(): Promise<void> {
    for (const sha256 of this.#waiting) {
      const path = join(this.#folder, sha256);
      if ((await this.#files.sizeBytes(path)) === undefined) {
        const message = `The payload ${sha256}, which a record refers to, is not there.`;
        this.#findings.add({ type: 'payload-missing', path, message });
      }
    }
    this.#recent = this.#waiting;
    this.#waiting = new Set();
  }

  async checkAll(signal?: AbortSignal): Promise<void> {
    for (const name of await this.#files.list(this.#folder)) {
      signal?.throwIfAborted();
      if (!/^[0-9a-f]{64}$/.test(name)) continue;
      const path = join(this.#folder, name);
      const actual = await hashFile(this.#files, path);
      if (actual === name) continue;
      this.#findings.add({
        type: 'payload-damaged',
        path,
        message: `The payload has the hash ${actual}: it was changed.`,
      });
    }
  }
}

/** Whether each claim is of the name its file stands for, and its segment known. */
export async function checkClaims(
  files: LedgerFiles,
  folder: string,
  findings: Findings,
  isKnown: (segment: string) => boolean,
  signal?: AbortSignal,
): Promise<void> {
  for (const name of await files.list(folder)) {
    signal?.throwIfAborted();
    if (!/^[0-9a-f]{64}$/.test(name)) continue;
    const path = join(folder, name);
    try {
      const claim = await readClaim(files, path);
      if (!claim) continue;
      const { holder } = claim;
      if (basename(claimPath(folder, holder.name)) !== name) {
        findings.add({
          type: 'claim-damaged',
          path,
          message: `The claim is of ${JSON.stringify(holder.name)}, not of the name its file stands for.`,
        });
      } else if (!isKnown(holder.segment)) {
        findings.add({
          type: 'segment-missing',
          path,
          message: `Segment ${holder.segment}, which holds this claim, is not there.`,
        });
      }
    } catch (error) {
      findings.add({ type: 'claim-damaged', path, message: error instanceof Error ? error.message : String(error) });
    }
  }
}
