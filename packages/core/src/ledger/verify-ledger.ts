import { basename, join } from 'node:path';
import type { Waiting } from '../util/waiting.ts';
import { claimPath, readClaim } from './claim-store.ts';
import type { LedgerAnchor } from './ledger.ts';
import type { LedgerFiles } from './ledger-files.ts';
import { ledgerFolder, segmentNames, segmentPath } from './ledger-folder.ts';
import { LedgerUnavailableError } from './ledger-unavailable-error.ts';
import { nodeLedgerFiles } from './node-ledger-files.ts';
import { hashFile } from './payload-store.ts';
import { readSegmentEnds, type SegmentHeader } from './segment-ends.ts';
import type { SegmentHead } from './segment-head.ts';
import { type VerifiedSegment, verifySegment } from './verify-segment.ts';
import { readWholeFile } from './write-whole-file.ts';

/** One thing that is not as it was written. */
export interface LedgerFinding {
  readonly type: /** A line is not one of ours. */
    | 'unreadable'
    /** A line does not follow the line before it: one of them was changed, removed, inserted or moved, or damaged by a power cut. */
    | 'broken-chain'
    /** A line has another number than its place. */
    | 'wrong-number'
    /** A head of this segment that was recorded elsewhere is not in it: its records were replaced, or its end was cut off. */
    | 'head-differs'
    /** A segment others have seen is not there, and no archive is recorded for it. */
    | 'segment-missing'
    /** The first line says that this is another segment, or one of another ledger. */
    | 'foreign-segment'
    | 'payload-missing'
    | 'payload-damaged'
    | 'claim-damaged';
  /** The file it is about. */
  readonly path: string;
  /** Number of the line, for a segment. */
  readonly n?: number;
  readonly message: string;
}

export interface LedgerVerification {
  readonly status: 'intact' | 'damaged';
  readonly ledger: string;
  readonly records: number;
  readonly segments: readonly VerifiedSegment[];
  readonly findings: readonly LedgerFinding[];
  /** Findings beyond the first hundred, counted only. */
  readonly findingsLeftOut: number;
  /** What this check cannot know, in words: above all what lies behind the newest head recorded elsewhere. */
  readonly limits: readonly string[];
}

export interface VerifyLedgerOptions extends Waiting {
  /** Heads kept elsewhere: without them, cut-off ends and a ledger rewritten as a whole may go unseen. */
  readonly anchor?: LedgerAnchor;
  /** Folders with archived segments: checked with the others, instead of being passed over. */
  readonly archives?: readonly string[];
}

/**
 * Reads every record, payload and claim of a ledger and finds any change, gap, insertion or reordering up to the newest head of
 * each segment that is recorded elsewhere: in other segments, in an archive note, or in the anchor. Changes nothing, needs
 * no session, may run while others write. Memory does not grow with the number of records.
 *
 * @throws {LedgerUnavailableError} There is no ledger.
 */
export function verifyLedger(directory: string, options: VerifyLedgerOptions = {}): Promise<LedgerVerification> {
  return verifyLedgerFiles(nodeLedgerFiles, directory, options);
}

/** A head of a segment, and who recorded it. */
export interface ExpectedHead {
  readonly head: SegmentHead;
  readonly by: string;
}

export async function verifyLedgerFiles(
  files: LedgerFiles,
  directory: string,
  { anchor, archives = [], signal }: VerifyLedgerOptions = {},
): Promise<LedgerVerification> {
  const folder = ledgerFolder(directory);
  const ledger = await readLedgerId(files, directory);
  const findings = new Findings();
  const paths = new Map<string, string>();
  for (const place of [...archives, folder.segments]) {
    for (const name of segmentNames(await files.list(place))) paths.set(name, segmentPath(place, name));
  }

  // First who saw which head: a first line says how far others were, and lines further down can only speak of archives.
  const expected = new Map<string, ExpectedHead[]>();
  const expect = (heads: { readonly [segment: string]: SegmentHead }, by: string) => {
    for (const [segment, head] of Object.entries(heads)) {
      expected.set(segment, [...(expected.get(segment) ?? []), { head, by }]);
    }
  };
  for (const [name, path] of paths) {
    const header: SegmentHeader | undefined = (await readSegmentEnds(files, path))?.header;
    expect(header?.heads ?? {}, `segment ${name}`);
  }
  if (anchor) {
    if (anchor.ledger !== ledger) {
      findings.add({
        type: 'foreign-segment',
        path: folder.id,
        message: `The anchor is of ledger ${anchor.ledger}, this is ledger ${ledger}.`,
      });
    }
    expect(anchor.heads, 'the anchor');
  }

  const segments: VerifiedSegment[] = [];
  const archived = new Map<string, SegmentHead>();
  const payloads = new PayloadCheck(files, folder.payloads, findings);
  for (const [name, path] of paths) {
    const verified = await verifySegment({
      files,
      path,
      name,
      ledger,
      expected: expected.get(name) ?? [],
      onFinding: (finding) => findings.add(finding),
      onArchived: (segment, head) => archived.set(segment, head),
      onPayload: (sha256) => payloads.expect(sha256),
      afterChunk: () => payloads.look(),
      ...(signal ? { signal } : {}),
    });
    segments.push(verified);
  }
  await payloads.checkAll(signal);
  await checkClaims(files, folder.claims, findings, paths, archived, signal);

  for (const [name, heads] of expected) {
    const [first] = heads;
    if (paths.has(name) || archived.has(name) || !first) continue;
    findings.add({
      type: 'segment-missing',
      path: segmentPath(folder.segments, name),
      message: `Segment ${name}, seen by ${first.by} with ${first.head.n + 1} records, is not there.`,
    });
  }
  return {
    status: findings.list.length === 0 ? 'intact' : 'damaged',
    ledger,
    records: segments.reduce((sum, { records }) => sum + records, 0),
    segments,
    findings: findings.list,
    findingsLeftOut: findings.leftOut,
    limits: limitsOf(segments, archived, paths, anchor !== undefined),
  };
}

class Findings {
  readonly list: LedgerFinding[] = [];
  leftOut = 0;

  add(finding: LedgerFinding): void {
    if (this.list.length < MOST_FINDINGS) this.list.push(finding);
    else this.leftOut += 1;
  }
}

const MOST_FINDINGS = 100;

async function readLedgerId(files: LedgerFiles, directory: string): Promise<string> {
  try {
    return (await readWholeFile(files, ledgerFolder(directory).id)).toString().trim();
  } catch (cause) {
    throw new LedgerUnavailableError(directory, 'there is no ledger in it', { cause });
  }
}

/** Whether referred payloads are there, without keeping a list of them; and whether those that are there are whole. */
class PayloadCheck {
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

async function checkClaims(
  files: LedgerFiles,
  folder: string,
  findings: Findings,
  paths: ReadonlyMap<string, string>,
  archived: ReadonlyMap<string, SegmentHead>,
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
      } else if (!paths.has(holder.segment) && !archived.has(holder.segment)) {
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

function limitsOf(
  segments: readonly VerifiedSegment[],
  archived: ReadonlyMap<string, SegmentHead>,
  paths: ReadonlyMap<string, string>,
  hasAnchor: boolean,
): readonly string[] {
  const open = segments.filter(({ records, knownTo }) => records > 0 && knownTo !== records - 1);
  const away = [...archived.keys()].filter((name) => !paths.has(name));
  return [
    ...(hasAnchor
      ? []
      : [
          'Without an anchor kept elsewhere, a ledger that was rewritten as a whole, or a segment that nobody saw and that was removed, cannot be told from an honest one. Keep the result of anchor() where who writes the ledger cannot write.',
        ]),
    ...open.map(
      ({ segment, records, knownTo }) =>
        `Of segment ${segment}, the ${records - 1 - (knownTo ?? -1)} last records are confirmed by nobody else: whether more followed them, or whether they were rewritten together, cannot be known.`,
    ),
    ...away.map((name) => `Segment ${name} was archived and not looked at: name its folder in \`archives\`.`),
  ];
}
