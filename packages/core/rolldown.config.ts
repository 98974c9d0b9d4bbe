import { defineConfig } from 'rolldown';

// Importing 130 small files costs more than running them. The three entries become one file each and what they share
// another, so that their classes are the same; declarations stay one file each, as the compiler writes them.
export default defineConfig({
  input: { index: 'src/index.ts', adapter: 'src/adapter.ts', wrapper: 'src/wrapper.ts' },
  platform: 'node',
  external: [/^node:/, 'p-retry', 'picomatch', 'pino', 'valibot'],
  output: {
    dir: 'dist',
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'shared/[name].js',
    sourcemap: true,
    cleanDir: false,
  },
});
