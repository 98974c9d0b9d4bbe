import { defineConfig } from 'vitest/config';

const exclude = ['bench/**', '**/node_modules/**', '**/out/**'];
/** What takes minutes: real kills, races, faults one by one, whole contracts. A part of CI of its own: `npm run test:survival`. */
const survival = [
  'conformance/broken*.test.ts',
  'conformance/local.test.ts',
  'conformance/under-node-test.test.ts',
  'faults/**/*.test.ts',
  'journeys/{killed,racing,shared,stopped}*.test.ts',
  'journeys/{closed-lid,full-disk}.test.ts',
  'model/**/*.test.ts',
];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'repository',
          include: ['**/*.test.ts'],
          exclude: [...exclude, ...survival, 'packaging/**', 'integration/**'],
          // Some run a compiler, next to other work on two cores.
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'survival',
          include: survival,
          exclude,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['integration/**/*.test.ts'],
          exclude,
          // Installing what is missing comes first.
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'packaging',
          include: ['packaging/**/*.test.ts'],
          exclude,
          globalSetup: ['packaging/global-setup.ts'],
          // Each of these starts other programs: a compiler, a linter, a cold Node.
          testTimeout: 60_000,
        },
      },
    ],
  },
});
