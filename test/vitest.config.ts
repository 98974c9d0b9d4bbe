import { defineConfig } from 'vitest/config';

const exclude = ['bench/**', '**/node_modules/**', '**/out/**'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'repository',
          include: ['**/*.test.ts'],
          exclude: [...exclude, 'packaging/**'],
          // Some run a compiler, next to other work on two cores.
          testTimeout: 20_000,
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
