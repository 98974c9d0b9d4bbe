import type { Waiting } from '../util/waiting.ts';
import type { LedgerAnchor } from './ledger.ts';
import type { LedgerFiles } from './ledger-files.ts';
import { Findings, type LedgerFinding } from './ledger-finding.ts';
import { ledgerFolder, segmentNames, segmentPath } from './ledger-folder.ts';
import { LedgerUnavailableError } from './ledger-unavailable-error.ts';
import { nodeLedgerFiles } from './node-ledger-files.ts';
import { readSegmentEnds, type SegmentHeader } from './segment-ends.ts';
import type { SegmentHead } from './segment-head.ts';
import { checkClaims, PayloadCheck } from './verify-references.ts';
import { type ExpectedHead, type VerifiedSegment, verifySegment } from './verify-segment.ts';
import { readWholeFile } from './write-whole-file.ts';

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
  await checkClaims(files, folder.claims, findings, (segment) => paths.has(segment) || archived.has(segment), signal);

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

async function readLedgerId(files: LedgerFiles, directory: string): Promise<string> {
  try {
    return (await readWholeFile(files, ledgerFolder(directory).id)).toString().trim();
  } catch (cause) {
    throw new LedgerUnavailableError(directory, 'there is no ledger in it', { cause });
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
