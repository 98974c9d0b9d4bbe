import { KeyArchivedError } from '../errors/key-archived-error.ts';
import { SEGMENTS_ARCHIVED } from '../ledger/archive-segments.ts';
import type { ClaimHolder, Ledger } from '../ledger/ledger.ts';

/**
 * A claim without a record may be one whose session died before it wrote any, or one whose records were archived since.
 * The second had a job: its key stays taken.
 *
 * @throws KeyArchivedError
 */
export async function requireNotArchived(ledger: Ledger, key: string, holder: ClaimHolder): Promise<void> {
  for await (const record of ledger.records({ types: ['note'] })) {
    if (record.type !== 'note' || record.event !== SEGMENTS_ARCHIVED) continue;
    const heads = (record['heads'] ?? {}) as Readonly<Record<string, unknown>>;
    if (holder.segment in heads) throw new KeyArchivedError(key, String(record['to']));
  }
}
