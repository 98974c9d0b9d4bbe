import { join } from 'node:path';
import { CommandJob, json } from '@scijob/core';

/** A job that takes a few seconds. It stands in a file of its own because three programs here use it. */
export const cpgTest = new CommandJob({
  name: 'cpg-test',
  command: ['node', 'cpg-test.mjs', 'sequences.fasta', '20000'],
  inputs: {
    'cpg-test.mjs': join(import.meta.dirname, 'programs', 'cpg-test.mjs'),
    'sequences.fasta': join(import.meta.dirname, 'data', 'orchids.fasta'),
  },
  timeLimitSeconds: 300,
  outputs: {
    result: json<{ readonly observed: number; readonly expected: number; readonly pValue: number }>('cpg.json'),
  },
});
