import { describe, expect, it } from 'vitest';
import { FENCED, parseClaimRecord, toFence } from './claim-record.ts';
import { parseEndRecord } from './end-record.ts';
import { parseOutputRecords } from './output-record.ts';
import { RecordDamagedError } from './record-damaged-error.ts';
import { parseStartRecord } from './start-record.ts';
import { parseStopRecord, toStopRecord } from './stop-record.ts';

const HASH = 'ab'.repeat(32);
const CLAIM = 'native 4711\nboot 9106b65c-14ce\npid 12\nbirth 345\ndone\n';
const START =
  'attempt 2.1\nboot 9106b65c-14ce\npid 12\nbirth 345\ncommand 13\ncommand-birth 346\ngroup own\nhost node1\nstarted 1795407809.45\ndone\n';
const END = `0m0.010000s 0m0.000000s
1m2.500000s 0m1.250000s
attempt 2.1
signal 9
before 0m0.50s 0m0.25s
used 1m0.50s 0m0.25s
reason time-limit
note all "well"
missing 3
terminated 1
started 1795407809.45
ended 1795407810
memory 123456
done
`;
const OUTPUTS = `0m0.01s 0m0.00s\n0m0.01s 0m0.00s\n${HASH}  ./plain\n\\${HASH}  ./a\\nb\\\\c\n-  ./unread\n${HASH} *./star\ndone\n`;
const STOP = toStopRecord({
  reason: 'cancelled-by-user',
  message: 'line\n"two"',
  at: new Date('2026-11-23T04:00:00.123Z'),
});

describe.each([
  ['claim', CLAIM, parseClaimRecord],
  ['fence', toFence(), parseClaimRecord],
  ['start', START, parseStartRecord],
  ['end', END, parseEndRecord],
  ['outputs', OUTPUTS, parseOutputRecords],
  ['stop', STOP, parseStopRecord],
] as const)('a %s record', (_, text, parse) => {
  it('is not there yet while its last line is not', () => {
    for (let length = 0; length < text.length; length += 1) {
      expect(parse(text.slice(0, length))).toBeUndefined();
    }
    expect(parse(text)).toBeDefined();
  });

  it('is damaged when it is whole and says nonsense', () => {
    for (const nonsense of ['x\ndone\n', 'attempt x\npid y\nreason z\nmessage 1\ndone\n', `${text}${text}`]) {
      expect(() => parse(nonsense)).toThrow(RecordDamagedError);
    }
  });
});

it('reads back what the wrapper wrote', () => {
  expect(parseClaimRecord(CLAIM)).toEqual({
    nativeId: '4711',
    process: { bootId: '9106b65c-14ce', pid: 12, startTime: '345' },
  });
  expect(parseClaimRecord(toFence())?.nativeId).toBe(FENCED);
  expect(parseStartRecord(START)).toEqual({
    attempt: '2.1',
    process: { bootId: '9106b65c-14ce', pid: 12, startTime: '345' },
    commandPid: 13,
    commandStartTime: '346',
    commandLeads: true,
    host: 'node1',
    startedAt: new Date(1_795_407_809_450),
  });
  expect(parseEndRecord(END)).toEqual({
    attempt: '2.1',
    signal: 9,
    reason: 'time-limit',
    note: 'all "well"',
    missingOutput: 3,
    terminated: true,
    startedAt: new Date(1_795_407_809_450),
    endedAt: new Date(1_795_407_810_000),
    cpuSeconds: 60,
    peakMemoryBytes: 123_456,
  });
  expect(parseOutputRecords(OUTPUTS)).toEqual([
    { path: 'plain', sha256: HASH },
    { path: 'a\nb\\c', sha256: HASH },
    { path: 'unread' },
    { path: 'star', sha256: HASH },
  ]);
  expect(parseStopRecord(STOP)).toEqual({
    reason: 'cancelled-by-user',
    message: 'line\n"two"',
    at: new Date('2026-11-23T04:00:00.123Z'),
  });
});

it('takes CPU seconds from times, whatever the locale, and does without', () => {
  const end = (head: string) => parseEndRecord(`${head}attempt 1.0\nexit 0\nstarted 1\nended 2\ndone\n`)?.cpuSeconds;
  expect(end('0m0,0s 0m0,0s\n0m1,5s 0m0,25s\n')).toBe(1.75);
  expect(end('')).toBeUndefined();
});

it('names the record and what is wrong with it', () => {
  expect(() => parseEndRecord('attempt 1.0\nexit 0\nreason because\nstarted 1\nended 2\ndone\n')).toThrow(
    /end record.*'reason' is "because"/,
  );
  expect(() => parseEndRecord('attempt 1.0\nstarted 1\nended 2\ndone\n')).toThrow("neither 'exit' nor 'signal'");
  expect(() => parseOutputRecords('abc\ndone\n')).toThrow('outputs record');
});
