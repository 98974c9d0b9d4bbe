import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandJob, createClient, file, files, JobFailedError, json, WorkflowJob } from '@scijob/core';
import { createLocal } from '@scijob/local';
import { afterEach, describe, expect, it } from 'vitest';

const cleanUp: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of cleanUp.splice(0).reverse()) await end();
});

async function setUp() {
  const home = await mkdtemp(join(tmpdir(), 'scijob-bad-input-'));
  cleanUp.push(() => rm(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));
  const client = createClient({
    adapters: { here: createLocal({ directory: join(home, 'local'), cpus: 2, memoryGiB: 4 }) },
    ledger: join(home, 'ledger'),
  });
  cleanUp.push(() => client.close());
  return { home, client };
}

const shell = (script: string, outputs = {}) => new CommandJob({ name: 'shell', script, outputs });

describe('what cannot run is refused before anything is sent, saying what, which value, and the way out', () => {
  it.each([
    ['more cores than there are', { resources: { cpus: 1_000 } }, /1000|1,000/],
    ['more memory than there is', { resources: { memoryGiB: 4_000 } }, /memoryGiB/],
    ['accelerators where there are none', { resources: { gpus: 1 } }, /gpus/],
    ['several nodes', { parallel: { nodes: 2 } }, /nodes/],
    ['a launcher of a cluster', { parallel: { processesPerNode: 2, launcher: 'srun' as const } }, /srun/],
    ['a container image', { image: 'vina:1.2' }, /image/],
    ['an input that is not there', { inputs: { 'box.txt': '/no/such/box.txt' } }, /\/no\/such\/box\.txt/],
    ['an input of a cloud', { inputs: { 'box.txt': 's3://bucket/box.txt' } }, /s3:\/\/bucket\/box\.txt/],
    ['a secret of a cloud', { secrets: { TOKEN: 'arn:aws:secretsmanager:eu-west-1:1:secret:x' } }, /TOKEN/],
    ['a secret that is not set', { secrets: { TOKEN: 'env:SCIJOB_TEST_NO_SUCH' } }, /SCIJOB_TEST_NO_SUCH/],
    ['a retry of what somebody meant', { retry: { 'cancelled-by-user': 2 } }, /retry\.cancelled-by-user/],
    ['a retry with more of nothing', { retry: { 'out-of-memory': { times: 1, memoryFactor: 2 } } }, /memoryFactor/],
  ])('%s', async (_what, changes, message) => {
    const { client } = await setUp();
    await expect(client.submit(shell('true').with(changes))).rejects.toThrow(message);
    expect(await client.jobs().toArray()).toEqual([]);
  });

  it.each([
    ['a queue', { queue: 'gpu' }, /queue/],
    ['an account', { account: 'chem-42' }, /account/],
    ['a priority', { priority: 5 }, /priority/],
    ['a kind of purchase', { purchase: 'spot' as const }, /purchase/],
  ])('%s, which this machine has not', async (_what, options, message) => {
    const { client } = await setUp();
    await expect(client.submit(shell('true'), options)).rejects.toThrow(message);
  });

  it('a workflow, which this machine does not run', async () => {
    const { client } = await setUp();
    const workflow = new WorkflowJob({ name: 'w', workflow: { id: '1' }, parameters: {} });
    await expect(client.submit(workflow as never)).rejects.toMatchObject({
      code: 'UNKNOWN_ADAPTER',
      message: expect.stringContaining('workflow'),
    });
  });

  it('a ledger that cannot be written', async () => {
    const { home } = await setUp();
    await writeFile(join(home, 'a-file'), '');
    const client = createClient({
      adapters: { here: createLocal({ directory: join(home, 'local') }) },
      ledger: join(home, 'a-file', 'ledger'),
    });
    cleanUp.push(() => client.close());
    await expect(client.submit(shell('true'))).rejects.toMatchObject({
      code: 'LEDGER_UNAVAILABLE',
      message: expect.stringMatching(/a-file[\s\S]*SCIJOB_HOME/),
    });
  });
});

describe('what goes wrong while it runs is told in the message', () => {
  async function failure(job: CommandJob<object>): Promise<JobFailedError> {
    const { client } = await setUp();
    const handle = await client.submit(job);
    const error: unknown = await handle.result().catch((reason: unknown) => reason);
    if (!JobFailedError.isInstance(error)) throw error;
    return error;
  }

  it('a program that is not there', async () => {
    const error = await failure(new CommandJob({ name: 'x', command: ['no-such-program', '--help'] }));
    expect(error.status).toMatchObject({ state: 'failed', reason: 'misconfigured' });
    expect(error.message).toContain('no-such-program');
  });

  it('a non-zero exit, with the last lines', async () => {
    const error = await failure(
      shell('for i in 1 2 3; do echo "step $i"; done; echo "cannot open ligand" >&2; exit 7'),
    );
    expect(error.status).toMatchObject({ reason: 'exit-nonzero', exitCode: 7 });
    expect(error.message).toContain('cannot open ligand');
  });

  it('a required output that was not left', async () => {
    const error = await failure(shell('true', { scores: file('scores.csv') }));
    expect(error.status).toMatchObject({ reason: 'output-missing', exitCode: 0 });
    expect(error.message).toContain('scores.csv');
  });
});

describe('junk', () => {
  it('in logs is shown as it can be, and nothing of it reaches a terminal as a command', async () => {
    const { client } = await setUp();
    const handle = await client.submit(
      shell("printf 'a\\377\\376b\\n\\000c\\033[31mred\\n'; head -c 200000 /dev/urandom; echo; echo last; exit 1"),
    );
    const lines = await handle.logs().toArray();
    expect(lines[0]?.text).toBe('a\ufffd\ufffdb');
    expect(lines[1]?.text).toBe('\u0000c\u001b[31mred');
    expect(lines.at(-1)?.text).toBe('last');
    const error = (await handle.result().catch((reason: unknown) => reason)) as Error;
    expect(error.message).toContain('last');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there.
    expect(error.message).not.toMatch(/[\u0000-\u0008\u001b]/);
  });

  it('in file names comes through unharmed', async () => {
    const { client, home } = await setUp();
    const names = ['two\nlines.txt', ' spaces \'quotes\' "double".txt', '-dash.txt', '$(touch x).txt', 'ünï.txt'];
    await writeFile(join(home, 'in\nput'), 'content');
    const job = new CommandJob({
      name: 'names',
      command: [
        'sh',
        '-c',
        'for name; do cat "in\nput" > "./$name"; done; echo "{}" > "odd name.json"',
        'sh',
        ...names,
      ],
      inputs: { 'in\nput': join(home, 'in\nput') },
      outputs: { all: files('*.txt'), odd: json('odd name.json') },
    });
    const { all } = await (await client.submit(job)).result();
    expect(all.map(({ path }) => path).sort()).toEqual([...names].sort());
    for (const artifact of all) {
      const path = await artifact.download(join(home, 'out/'));
      expect(await readFile(path, 'utf8')).toBe('content');
    }
  });
});
