import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['src/**/*.test.ts'], globalSetup: ['src/wrapper/install-busybox.fixture.ts'], testTimeout: 30_000 },
});
