import type { ResolvedJob } from '@scijob/core/adapter';

/** What may go wrong between a job and the program that runs: shown on this machine, where programs are really run. */
export interface BrokenRunning {
  readonly name: string;
  change(job: ResolvedJob): ResolvedJob;
  readonly caughtBy: readonly string[];
}

export const brokenRunning: readonly BrokenRunning[] = [
  {
    name: 'hands argv to a shell',
    change: ({ command, ...job }) => ({ ...job, command: ['sh', '-c', (command ?? []).join(' ')] }),
    caughtBy: ['argv-quotes', 'argv-newlines', 'argv-globs', 'argv-empty'],
  },
  {
    name: 'cuts long arguments',
    change: ({ command, ...job }) => ({ ...job, command: (command ?? []).map((word) => word.slice(0, 65_536)) }),
    caughtBy: ['argv-long'],
  },
  {
    name: 'expands the environment',
    change: (job) => ({
      ...job,
      environment: Object.fromEntries(
        Object.entries(job.environment).map(([name, value]) => [name, value.replaceAll('$HOME', '/root').trim()]),
      ),
    }),
    caughtBy: ['environment-bytes'],
  },
  {
    name: 'forgets inputs',
    change: (job) => ({ ...job, inputs: {} }),
    caughtBy: ['input-bytes', 'input-directory', 'input-missing-told'],
  },
  {
    name: 'forgets secrets',
    change: (job) => ({ ...job, secrets: {} }),
    caughtBy: ['secret-arrives'],
  },
  {
    name: 'starts one process of several',
    change: ({ parallel: _parallel, ...job }) => job,
    caughtBy: ['parallel-every-rank', 'parallel-rank-logs'],
  },
  {
    name: 'names every job alike',
    change: (job) => ({ ...job, name: 'job' }),
    caughtBy: ['scijob-variables'],
  },
];
