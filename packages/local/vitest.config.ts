import { defineConfig } from 'vitest/config';

// Real processes on a machine that may be busy: what takes long is waited for, not failed.
export default defineConfig({ test: { include: ['src/**/*.test.ts'], testTimeout: 30_000, hookTimeout: 30_000 } });
