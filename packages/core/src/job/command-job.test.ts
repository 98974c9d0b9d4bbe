import { describe, expect, it } from 'vitest';
import { InvalidJobError } from '../errors/invalid-job-error.ts';
import { CommandJob } from './command-job.ts';
import { file } from './output.ts';

const problemsOf = (spec: object): Readonly<Record<string, string>> => {
  try {
    new CommandJob(spec as never);
  } catch (error) {
    if (!InvalidJobError.isInstance(error)) throw error;
    return Object.fromEntries(error.problems.map(({ field, message }) => [field, message]));
  }
  return {};
};

describe('a command job', () => {
  it('names every problem at once', () => {
    const problems = problemsOf({
      name: 'a\nb',
      command: [],
      resources: { cpus: -1, memoryGB: 2 },
      environment: { 'A-B': 'x', SCIJOB_KEY: 'x' },
      inputs: { '../x': '/etc/passwd', '/y': 'z' },
      outputs: Object.fromEntries([['then', file('x')]]),
      retry: { preemted: 1 },
      timeLimitSeconds: Number.POSITIVE_INFINITY,
      timelimit: 3,
    });
    expect(Object.keys(problems).sort()).toEqual(
      [
        'name',
        'command',
        'resources.cpus',
        'resources.memoryGB',
        'environment.A-B',
        'environment.SCIJOB_KEY',
        'inputs.../x',
        'inputs./y',
        'outputs.then',
        'retry.preemted',
        'timeLimitSeconds',
        'timelimit',
      ].sort(),
    );
    expect(problems['timelimit']).toContain('Known are: name,');
    expect(problems['resources.memoryGB']).toContain('memoryGiB');
  });

  it('refuses fields that contradict each other, saying what to do', () => {
    expect(problemsOf({ name: 'x' })['command']).toContain('`script`');
    expect(problemsOf({ name: 'x', command: ['a'], script: 'b' })['script']).toContain('exactly one');
    expect(problemsOf({ name: 'x', command: ['a'], interpreter: 'python3' })['interpreter']).toContain('`script`');
    expect(problemsOf({ name: 'x', command: ['a'], resources: { gpuType: 'a100' } })['resources.gpuType']).toContain(
      'gpus: 1',
    );
    expect(
      problemsOf({ name: 'x', command: ['a'], environment: { T: '1' }, secrets: { T: 'env:T' } })['secrets.T'],
    ).toContain('one source');
  });

  it('never prints what may be a secret', () => {
    const problems = problemsOf({ name: 'x', command: ['a'], secrets: { TOKEN: 'hunter2' } });
    expect(problems['secrets.TOKEN']).toContain('`env:NAME`');
    expect(JSON.stringify(problems)).not.toContain('hunter2');
  });

  it('says what was expected of a shell string', () => {
    expect(problemsOf({ name: 'x', command: 'vina --x' })['command']).toBe(
      'must be a list of strings, got "vina --x".',
    );
    expect(problemsOf(undefined as never)['']).toContain('must be an object');
  });

  it('is frozen all the way down, and not by what it was made of', () => {
    const environment = { A: '1' };
    const job = new CommandJob({ name: 'x', command: ['a'], environment });
    environment.A = '2';
    expect(job.spec.environment).toEqual({ A: '1' });
    expect(() => Object.assign(job.spec.environment as object, { A: '3' })).toThrow(TypeError);
  });
});

describe('with()', () => {
  const job = new CommandJob({
    name: 'x',
    command: ['a'],
    environment: { A: '1', B: '2' },
    resources: { cpus: 2 },
    timeLimitSeconds: 5,
  });

  it('merges records by key, removes what is undefined, and replaces the rest', () => {
    const changed = job.with({
      environment: { A: undefined as never, C: '3' },
      resources: { memoryGiB: 4 },
      timeLimitSeconds: undefined as never,
    });
    expect(changed.spec).toEqual({
      name: 'x',
      command: ['a'],
      environment: { B: '2', C: '3' },
      resources: { cpus: 2, memoryGiB: 4 },
    });
    expect(job.spec.environment).toEqual({ A: '1', B: '2' });
  });

  it('puts a script in the place of a command, and back', () => {
    const script = job.with({ script: 'print(1)', interpreter: 'python3' });
    expect(script.spec.command).toBeUndefined();
    expect(script.with({ command: ['b'] }).spec).toMatchObject({ command: ['b'] });
    expect(script.with({ command: ['b'] }).spec.interpreter).toBeUndefined();
  });

  it('checks what it changes', () => {
    expect(() => job.with({ resource: { cpus: 1 } } as never)).toThrow('resource: there is no such field');
    expect(() => job.with({ interpreter: 'python3' })).toThrow('interpreter');
    expect(() => job.with({ outputs: {} } as never)).toThrow(TypeError);
  });
});
