import { defineConfig } from 'vitest/config';

const exclude = ['bench/**', '**/node_modules/**', '**/out/**'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'repository',
          include: ['**/*.test.ts'],
          exclude: [...exclude, 'packaging/**', 'integration/**'],
          // Some run a compiler, next to other work on two cores.
          testTimeout: 20_000,
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
