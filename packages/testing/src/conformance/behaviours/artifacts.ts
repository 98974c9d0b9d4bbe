import assert from 'node:assert/strict';
import type { Behaviour, Chapter } from '../behaviour.ts';
import type { Bench } from '../bench/bench.ts';
import { artifactAt, listAllArtifacts, readBytes, sha256 } from '../bench/read-artifacts.ts';
import { exits, sleeps, writes } from '../bench/tasks.ts';
import type { Task } from '../does.ts';

const GIVEN = { given: ['commands'] } as const satisfies Partial<Behaviour>;
const bytes = (text: string) => new Uint8Array(Buffer.from(text));

/** Leaves a file of `count` numbered lines of ten bytes. */
function writesMuch(bench: Bench, path: string, count: number): Task {
  const line = `i=0; while [ "$i" -lt ${count} ]; do printf '%09d\\n' "$i"; i=$((i + 1)); done > "$1"`;
  const text = Array.from({ length: count }, (_, index) => `${String(index).padStart(9, '0')}\n`).join('');
  return {
    command: bench.shell(line, path),
    does: { files: { [path]: text } },
    outputs: { out: { type: 'file', path, optional: false } },
  };
}

async function failsToRead(reading: Promise<Uint8Array>, what: string): Promise<void> {
  await assert.rejects(reading, () => true, what);
}

export const artifacts: Chapter = {
  name: 'artifacts',
  behaviours: [
    {
      id: 'artifact-bytes',
      title: 'lists a declared output with its length, and opens it to just those bytes',
      rule: 'R6, I7: bytes or error',
      ...GIVEN,
      async run(bench) {
        const text = 'naïve, 葉, 🧬\nand no line end';
        const { ref } = await bench.run(writes(bench, 'out.txt', text));

        const artifact = await artifactAt(bench, ref, 'out.txt');
        const read = await readBytes(bench, ref, artifact);

        assert.deepEqual(read, bytes(text));
        assert.equal(artifact.sizeBytes, read.length);
        assert.ok(artifact.version.length > 0 && artifact.uri.length > 0);
        if (artifact.sha256 !== undefined) assert.equal(artifact.sha256, sha256(read));
      },
    },
    {
      id: 'artifact-empty',
      title: 'gives back an empty file as an empty file',
      rule: 'R6: an empty file is a file',
      ...GIVEN,
      async run(bench) {
        const { ref, last } = await bench.run(writes(bench, 'empty.txt', ''));
        assert.equal(last.status.state, 'succeeded');

        const artifact = await artifactAt(bench, ref, 'empty.txt');

        assert.equal(artifact.sizeBytes, 0);
        assert.equal((await readBytes(bench, ref, artifact)).length, 0);
      },
    },
    {
      id: 'artifact-large',
      title: 'gives back a file of several hundred kilobytes whole',
      rule: 'R6: one read, one version',
      ...GIVEN,
      async run(bench) {
        const { ref } = await bench.run(writesMuch(bench, 'big.txt', 60_000));

        const artifact = await artifactAt(bench, ref, 'big.txt');
        const read = await readBytes(bench, ref, artifact);

        assert.equal(read.length, 600_000);
        assert.equal(artifact.sizeBytes, 600_000);
        assert.equal(Buffer.from(read.subarray(-10)).toString(), '000059999\n');
        if (artifact.sha256 !== undefined) assert.equal(artifact.sha256, sha256(read));
      },
    },
    {
      id: 'artifact-range',
      title: 'opens any range of an artifact: from the start, to the end, in between, and nothing',
      rule: 'R6: bytes `start` to `end`, the last not included',
      ...GIVEN,
      async run(bench) {
        const text = '0123456789';
        const { ref } = await bench.run(writes(bench, 'digits.txt', text));
        const artifact = await artifactAt(bench, ref, 'digits.txt');

        for (const [start, end] of [
          [0, 1],
          [0, 10],
          [3, 7],
          [9, 10],
          [4, 4],
        ] as const) {
          const read = await readBytes(bench, ref, artifact, { start, end });
          assert.equal(Buffer.from(read).toString(), text.slice(start, end), `${start} to ${end}`);
        }
      },
    },
    {
      id: 'artifact-other-version',
      title: 'does not open an artifact of another version than was listed',
      rule: 'R6: one read, one version',
      ...GIVEN,
      async run(bench) {
        const { ref } = await bench.run(writes(bench, 'out.txt', 'as it was'));
        const artifact = await artifactAt(bench, ref, 'out.txt');

        await failsToRead(
          readBytes(bench, ref, { ...artifact, version: `${artifact.version}-other` }),
          'an artifact of another version was read as if it were that one',
        );
      },
    },
    {
      id: 'artifact-changed',
      title: 'fails to read an artifact that changed after it was listed, and lists it anew',
      rule: 'R6: fails if the version changed',
      ...GIVEN,
      needs: ['changeArtifact'],
      async run(bench) {
        const { ref } = await bench.run(writes(bench, 'out.txt', 'as it was'));
        const artifact = await artifactAt(bench, ref, 'out.txt');
        await bench.hook('changeArtifact')(ref, artifact);

        await failsToRead(readBytes(bench, ref, artifact), 'an artifact that had changed was read');

        const [now] = await listAllArtifacts(bench, ref);
        assert.notEqual(now?.version, artifact.version);
      },
    },
    {
      id: 'artifact-not-there',
      title: 'fails to open what the job did not leave',
      rule: 'R6: bytes or error',
      ...GIVEN,
      async run(bench) {
        const { ref } = await bench.run(writes(bench, 'out.txt', 'text'));
        const artifact = await artifactAt(bench, ref, 'out.txt');

        await failsToRead(
          readBytes(bench, ref, { ...artifact, path: 'other.txt', uri: artifact.uri.replace('out.txt', 'other.txt') }),
          'a file that is not there was read',
        );
      },
    },
    {
      id: 'artifact-outside',
      title: 'opens nothing outside the directory of the task',
      rule: 'R9: no path of a user escapes',
      ...GIVEN,
      async run(bench) {
        const { ref } = await bench.run(writes(bench, 'out.txt', 'text'));
        const artifact = await artifactAt(bench, ref, 'out.txt');

        for (const path of [
          '../../../../../../../../etc/passwd',
          '/etc/passwd',
          'a/../../../../../../../../../etc/passwd',
        ]) {
          await failsToRead(readBytes(bench, ref, { ...artifact, path }), `${path} was read`);
        }
      },
    },
    {
      id: 'artifact-elsewhere',
      title: 'lets another process list and read what this one’s job left',
      rule: 'DESIGN §6: artifacts, any client',
      ...GIVEN,
      needs: ['second'],
      async run(bench) {
        const { ref } = await bench.run(writes(bench, 'out.txt', 'for all'));
        const second = bench.second();

        const [artifact] = await listAllArtifacts(bench, ref, {}, second);

        assert.ok(artifact);
        assert.deepEqual(await readBytes(bench, ref, artifact, undefined, second), bytes('for all'));
      },
    },
    {
      id: 'artifacts-not-before-end',
      title: 'does not say that this was all while the job runs',
      rule: 'seam: `end` means nothing more will come',
      given: ['commands', 'cancel'],
      async run(bench) {
        const { ref } = await bench.start({ ...writes(bench, 'out.txt', ''), ...sleeps(bench) });
        await bench.untilItRuns(ref);

        const { end } = await bench.adapter.listArtifacts(ref, {}, bench.context());

        assert.equal(end, false);
        await bench.adapter.cancel([{ ref }], 'the suite has seen enough', bench.context());
        await bench.end({ ref });
      },
    },
    {
      id: 'artifacts-none',
      title: 'lists nothing of a job that declares nothing, and says that this is all',
      rule: 'R5: every stream ends',
      async run(bench) {
        const { ref } = await bench.run(exits(bench, 0));

        assert.deepEqual(await listAllArtifacts(bench, ref), []);
      },
    },
  ],
};
