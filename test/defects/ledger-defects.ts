import type { Defect } from './defect.ts';

const heldTest = (title: string) => ({ package: 'core', file: 'src/client/held.test.ts', title }) as const;

export const LEDGER_DEFECTS: readonly Defect[] = [
  {
    id: 'no-fdatasync',
    title: 'Records are confirmed once written, without a sync.',
    catalogue: [7],
    rule: 1,
    file: 'core/src/ledger/segment-writer.ts',
    find: 'await this.#file.sync();\n',
    replace: '',
    test: {
      package: 'core',
      file: 'src/ledger/write-failure.test.ts',
      title: 'confirms nothing before the sync has answered',
    },
  },
  {
    id: 'claim-not-exclusive',
    title: 'Who finds that a name was taken a moment ago believes to have taken it.',
    catalogue: [6],
    rule: 1,
    file: 'core/src/ledger/claim-store.ts',
    find: "if (claim.ticket !== ticket) return { type: 'held', by: claim.holder };\n",
    replace: '',
    test: {
      package: 'core',
      file: 'src/ledger/ledger.test.ts',
      title: 'gives a name to one claimer for ever, and tells the others who',
    },
  },
  {
    id: 'live-owner-taken-over',
    title: 'A job is taken over from an owner that lives.',
    catalogue: [6],
    rule: 1,
    file: 'core/src/client/key-ownership.ts',
    find: "if ((await this.#ledger.sessionState(session)) !== 'dead') return false;\n",
    replace: '',
    test: {
      package: 'core',
      file: 'src/client/key-ownership.test.ts',
      title: 'is not taken over from it while it lives',
    },
  },
  {
    id: 'takeover-without-claim',
    title: 'A dead owner’s job is taken over without a claim, by everybody who asks.',
    catalogue: [6],
    rule: 1,
    file: 'core/src/client/key-ownership.ts',
    find: `const claim = await this.#ledger.claim(\`\${what}\\0takeover\\0\${session.id}\`);
      if (claim.type === 'won') return true;
      session = claim.by.session;`,
    replace: 'return what !== undefined;',
    test: {
      package: 'core',
      file: 'src/client/key-ownership.test.ts',
      title: 'is taken over by one of those who ask at once',
    },
  },
  {
    id: 'unknown-owner-is-dead',
    title: 'An owner whose beat was looked at once counts as dead.',
    catalogue: [6],
    rule: 1,
    file: 'core/src/ledger/session-watch.ts',
    find: "return seen ? 'alive' : 'unknown';",
    replace: "return seen ? 'alive' : 'dead';",
    test: {
      package: 'core',
      file: 'src/ledger/session-watch.test.ts',
      title: 'is unknown at first and dead after two minutes without a beat',
    },
  },
  {
    id: 'torn-tail-accepted',
    title: 'The torn last line of a segment is taken for a record.',
    catalogue: [7, 32],
    rule: 1,
    file: 'core/src/ledger/line-chunks.ts',
    find: 'if (count === 0) return;',
    replace: `if (count === 0) {
      if (filled > 0) yield { buffer, offset: base, ends: [filled], tornBytes: 0 };
      return;
    }`,
    test: {
      package: 'core',
      file: 'src/ledger/line-chunks.test.ts',
      title: 'gives every whole line with where it stands, however long, and counts what is behind the last',
    },
  },
  {
    id: 'hash-chain-unchecked',
    title: 'The hash that each record has of the one before is not compared.',
    rule: 1,
    file: 'core/src/ledger/verify-segment.ts',
    find: "if (record['prev'] !== hash) {",
    replace: "if (typeof record['prev'] !== typeof hash) {",
    test: {
      package: 'core',
      file: 'src/ledger/verify-ledger.test.ts',
      title: 'finds records that were dropped, swapped, repeated or brought in from elsewhere, also without an anchor',
    },
  },
  {
    id: 'shown-before-recorded',
    title: 'An end is shown while it is still being written down.',
    catalogue: [7],
    rule: 2,
    file: 'core/src/tracker/tracker.ts',
    find: 'if (job.ending) job.ending = (await this.#options.onEnd(job, job.ending)) ?? job.ending;',
    replace: 'if (job.ending) void this.#options.onEnd(job, job.ending);',
    test: {
      package: 'core',
      file: 'src/client/key-recovery.test.ts',
      title: 'is shown to nobody before it is in the ledger',
    },
  },
  {
    id: 'later-submission-unclaimed',
    title: 'A job that two clients try again at once is tried again by both.',
    catalogue: [6],
    rule: 1,
    file: 'core/src/client/intent-writer.ts',
    find: "if (claim.type === 'held') {",
    replace: "if (claim.type === 'held' && claim.by === undefined) {",
    test: heldTest('is tried again once when two clients ask at once'),
  },
  {
    id: 'released-twice',
    title: 'A held job is released by two who believe to be its owner.',
    catalogue: [6],
    rule: 1,
    file: 'core/src/client/part-recorder.ts',
    find: "if (claim.type === 'held' && !(await this.#options.ownership.takeOver(name, claim.by.session))) {",
    replace: "if (claim.type === 'held' && claim.by === undefined) {",
    test: {
      package: 'core',
      file: 'src/client/part-recorder.test.ts',
      title: 'is not recorded by a second who believes to be its owner',
    },
  },
];
