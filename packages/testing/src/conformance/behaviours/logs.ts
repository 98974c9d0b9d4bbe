import assert from 'node:assert/strict';
import type { Behaviour, Chapter } from '../behaviour.ts';
import { readAllLogs, texts } from '../bench/read-all-logs.ts';
import { counts, exits, prints, sleeps } from '../bench/tasks.ts';

const GIVEN = { given: ['commands', 'logs'] } as const satisfies Partial<Behaviour>;
const numbered = (count: number, suffix = '') =>
  Array.from({ length: count }, (_, index) => `line ${index + 1}${suffix}`);

/** What a program prints, and the lines that must come out of it. */
function shows(id: string, what: string, stdout: string, lines: readonly string[], rule: string): Behaviour {
  return {
    id: `log-${id}`,
    title: `delivers ${what}`,
    rule,
    ...GIVEN,
    async run(bench) {
      const { ref } = await bench.run(prints(bench, stdout));

      assert.deepEqual(texts((await readAllLogs(bench, ref)).lines), lines);
    },
  };
}

export const logs: Chapter = {
  name: 'logs',
  behaviours: [
    {
      id: 'log-each-line-once',
      title: 'delivers each line once, in the order it was written',
      rule: 'R7, I8: each line once',
      ...GIVEN,
      async run(bench) {
        const { ref } = await bench.run(counts(bench, 300));

        assert.deepEqual(texts((await readAllLogs(bench, ref)).lines), numbered(300));
      },
    },
    {
      id: 'log-many-pages',
      title: 'delivers a long log once over all its pages, no character of it cut in two',
      rule: 'R7: equal at page edges (healthomics-tools#67)',
      ...GIVEN,
      async run(bench) {
        const suffix = ' 葉🧬é'.repeat(40);
        const { ref } = await bench.run(counts(bench, 2_500, suffix));

        const { lines } = await readAllLogs(bench, ref);

        assert.deepEqual(texts(lines), numbered(2_500, suffix));
      },
    },
    {
      id: 'log-resume-at-every-line',
      title: 'goes on behind any line from that line’s cursor',
      rule: 'R7: cursors resume in another process',
      ...GIVEN,
      async run(bench) {
        const { ref } = await bench.run(counts(bench, 12));
        const { lines } = await readAllLogs(bench, ref);

        for (const [index, { cursor }] of lines.entries()) {
          const rest = await readAllLogs(bench, ref, { cursor });
          assert.deepEqual(texts(rest.lines), numbered(12).slice(index + 1), `behind line ${index + 1}`);
        }
      },
    },
    {
      id: 'log-resume-streams',
      title: 'loses and repeats nothing of two streams when it goes on at any line',
      rule: 'R7: cursors resume',
      ...GIVEN,
      async run(bench) {
        const line = `i=1; while [ "$i" -le 5 ]; do echo "out $i"; echo "err $i" >&2; i=$((i + 1)); done`;
        const each = (word: string) => [1, 2, 3, 4, 5].map((index) => `${word} ${index}`);
        const print = (word: string) =>
          each(word)
            .map((text) => `${text}\n`)
            .join('');
        const { ref } = await bench.run({
          command: bench.shell(line),
          does: { stdout: print('out'), stderr: print('err') },
        });
        const { lines } = await readAllLogs(bench, ref);
        assert.deepEqual(texts(lines).toSorted(), [...each('err'), ...each('out')]);

        for (const [index, { cursor }] of lines.entries()) {
          const rest = await readAllLogs(bench, ref, { cursor });
          assert.deepEqual(texts(rest.lines).toSorted(), texts(lines.slice(index + 1)).toSorted(), `at ${index + 1}`);
        }
      },
    },
    {
      id: 'log-end-cursor',
      title: 'has nothing more behind the last cursor, and says so',
      rule: 'R7: the same token is the end, an empty page is not (airflow#20814)',
      ...GIVEN,
      async run(bench) {
        const { ref } = await bench.run(counts(bench, 5));
        const { cursor } = await readAllLogs(bench, ref);

        const page = await bench.adapter.readLogs(ref, { cursor }, bench.context());

        assert.deepEqual(page.lines, []);
        assert.equal(page.end, true);
      },
    },
    {
      id: 'log-cursor-repeatable',
      title: 'gives the same page for the same cursor',
      rule: 'R7: a cursor is a place, not a turn',
      ...GIVEN,
      async run(bench) {
        const { ref } = await bench.run(counts(bench, 20));
        const { lines } = await readAllLogs(bench, ref);
        const cursor = lines[6]?.cursor ?? '';

        const first = await bench.adapter.readLogs(ref, { cursor }, bench.context());
        const again = await bench.adapter.readLogs(ref, { cursor }, bench.context());

        assert.deepEqual(texts(again.lines), texts(first.lines));
        assert.equal(again.cursor, first.cursor);
      },
    },
    {
      id: 'log-cursor-elsewhere',
      title: 'lets another process go on from a cursor',
      rule: 'R7: cursors resume in another process',
      ...GIVEN,
      needs: ['second'],
      async run(bench) {
        const { ref } = await bench.run(counts(bench, 20));
        const { lines } = await readAllLogs(bench, ref);

        const rest = await readAllLogs(bench, ref, { cursor: lines[9]?.cursor ?? '' }, bench.second());

        assert.deepEqual(texts(rest.lines), numbered(20).slice(10));
      },
    },
    {
      id: 'log-tail',
      title: 'begins so many lines before the end when asked to, and goes on from there',
      rule: 'seam: tailLines',
      ...GIVEN,
      async run(bench) {
        const { ref } = await bench.run(counts(bench, 30));

        const page = await bench.adapter.readLogs(ref, { tailLines: 4 }, bench.context());
        const rest = await readAllLogs(bench, ref, { cursor: page.cursor });

        assert.deepEqual(texts([...page.lines, ...rest.lines]), numbered(30).slice(-4));
      },
    },
    {
      id: 'log-tail-short',
      title: 'gives all there is when there is less than the tail asked for',
      rule: 'seam: tailLines',
      ...GIVEN,
      async run(bench) {
        const { ref } = await bench.run(counts(bench, 3));

        const { lines } = await readAllLogs(bench, ref, { tailLines: 100 });

        assert.deepEqual(texts(lines), numbered(3));
      },
    },
    {
      id: 'log-streams-told',
      title: 'says of each line which stream and which attempt it is of',
      rule: 'DESIGN §4: LogLine',
      ...GIVEN,
      async run(bench) {
        const { ref } = await bench.run({
          command: bench.shell('echo out; echo err >&2'),
          does: { stdout: 'out\n', stderr: 'err\n' },
        });

        const { lines } = await readAllLogs(bench, ref);

        assert.deepEqual(lines.map(({ text, stream, attempt }) => `${text} ${stream} ${attempt}`).sort(), [
          'err stderr 1.0',
          'out stdout 1.0',
        ]);
      },
    },
    shows('no-newline', 'a last line without its end', 'one\ntwo', ['one', 'two'], 'R7: nothing is lost'),
    shows('empty-lines', 'empty lines', '\none\n\n\ntwo\n', ['', 'one', '', '', 'two'], 'R7: nothing is lost'),
    shows('unicode', 'text in any script', 'naïve 葉 🧬 e\u0301\n', ['naïve 葉 🧬 e\u0301'], 'R7: UTF-8'),
    shows('spaces', 'blanks at both ends of a line', '  a \t\n', ['  a \t'], 'R7: a line is its text'),
    shows(
      'crlf',
      'lines that end with CR LF without either',
      'one\r\ntwo\r\n',
      ['one', 'two'],
      'R7: without its line end',
    ),
    shows(
      'cr',
      'a progress bar’s CR inside its line',
      '10%\r20%\r\n50%\r100%\n',
      ['10%\r20%', '50%\r100%'],
      'R7: bytes as they are',
    ),
    shows(
      'escapes',
      'escape sequences as they are: whoever shows them makes them harmless',
      '\u001b[31mred\u001b[0m\u0007 \u001b]0;t\u0007\n',
      ['\u001b[31mred\u001b[0m\u0007 \u001b]0;t\u0007'],
      'R9: bytes pass raw, terminals escape',
    ),
    {
      id: 'log-invalid-utf8',
      title: 'shows bytes that are no UTF-8 as U+FFFD, and the rest as it is',
      rule: 'R7: LogLine.text',
      ...GIVEN,
      needs: ['programs'],
      async run(bench) {
        const { ref } = await bench.run({ command: bench.shell(`printf 'a\\377\\376b\\nafter\\n'`), does: {} });

        const [first, second] = texts((await readAllLogs(bench, ref)).lines);

        assert.match(first ?? '', /^a\ufffd+b$/);
        assert.equal(second, 'after');
      },
    },
    {
      id: 'log-long-line',
      title: 'delivers a line of 200,000 characters, in one piece or in several',
      rule: 'R7, R8: nothing lost, memory bounded',
      ...GIVEN,
      async run(bench) {
        const long = '0123456789'.repeat(20_000);
        const { ref } = await bench.run({
          command: bench.shell(
            `i=0; while [ "$i" -lt 2000 ]; do printf '%s' "$1"; i=$((i + 1)); done; echo; echo after`,
            '0123456789'.repeat(10),
          ),
          does: { stdout: `${long}\nafter\n` },
        });

        const all = texts((await readAllLogs(bench, ref)).lines);

        assert.equal(all.at(-1), 'after');
        assert.equal(
          all
            .slice(0, -1)
            .map((text) => text.replace(/\D*$/, ''))
            .join('').length,
          long.length,
        );
      },
    },
    {
      id: 'log-silent',
      title: 'ends the logs of a job that printed nothing',
      rule: 'R5: every stream ends',
      ...GIVEN,
      async run(bench) {
        const { ref } = await bench.run(exits(bench, 0));

        assert.deepEqual((await readAllLogs(bench, ref)).lines, []);
      },
    },
    {
      id: 'log-of-failed',
      title: 'delivers what a failed job printed',
      rule: 'R7: nothing is lost',
      ...GIVEN,
      async run(bench) {
        const { ref } = await bench.run({
          command: bench.shell('echo before; echo why >&2; exit 4'),
          does: { stdout: 'before\n', stderr: 'why\n', exitCode: 4 },
        });

        assert.deepEqual(texts((await readAllLogs(bench, ref)).lines).toSorted(), ['before', 'why']);
      },
    },
    {
      id: 'log-before-start',
      title: 'answers at once for a job that may not have started, without an end',
      rule: 'peers §7: log stream missing for a job that never started',
      ...GIVEN,
      async run(bench) {
        const { ref } = await bench.start({
          command: bench.shell('sleep 2; echo late'),
          does: { seconds: 2, stdout: 'late\n' },
        });

        const page = await bench.adapter.readLogs(ref, {}, bench.context());

        assert.equal(page.end, false, 'the job has not ended');
        await bench.end({ ref });
        const rest = await readAllLogs(bench, ref, { cursor: page.cursor });
        assert.deepEqual(texts([...page.lines, ...rest.lines]), ['late']);
      },
    },
    {
      id: 'log-live',
      title: 'shows a line while the job still runs, and does not say that this was all',
      rule: 'DESIGN §5: logs are live',
      given: ['commands', 'live logs', 'cancel'],
      async run(bench) {
        const { ref } = await bench.start({
          command: bench.shell('echo first; exec sleep 600'),
          does: { ...sleeps(bench).does, stdout: 'first\n' },
        });
        let cursor: string | undefined;
        const lines: string[] = [];

        await bench.untilItRuns(ref);
        for (let time = 0; time < 400 && lines.length === 0; time += 1) {
          const page = await bench.adapter.readLogs(ref, cursor === undefined ? {} : { cursor }, bench.context());
          assert.equal(page.end, false, 'the job still runs');
          lines.push(...texts(page.lines));
          cursor = page.cursor;
          await bench.time.pass(bench.tickMs);
        }

        assert.deepEqual(lines, ['first']);
        await bench.adapter.cancel([{ ref }], 'the suite has seen enough', bench.context());
        await bench.end({ ref });
      },
    },
    {
      id: 'log-after-exit',
      title: 'delivers the lines after the end where logs are not live',
      rule: 'DESIGN §5: logs after exit',
      given: ['commands', 'logs'],
      without: 'live logs',
      async run(bench) {
        const { ref } = await bench.run(counts(bench, 5));

        assert.deepEqual(texts((await readAllLogs(bench, ref)).lines), numbered(5));
      },
    },
    {
      id: 'log-none',
      title: 'has no lines and ends at once where there are no logs',
      rule: 'DESIGN §5: logs: none',
      without: 'logs',
      async run(bench) {
        const { ref } = await bench.run(prints(bench, 'said\n'));

        const page = await bench.adapter.readLogs(ref, {}, bench.context());

        assert.deepEqual(page.lines, []);
        assert.equal(page.end, true);
      },
    },
  ],
};
