import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const source = fileURLToPath(new URL('default-logger.ts', import.meta.url));
it('writes warnings and errors to stderr as JSON lines, and nothing else anywhere', () => {
  const lines = execFileSync(
    'sh',
    [
      '-c',
      'exec "$0" --input-type=module -e "$1" 2>&1 >/dev/null',
      process.execPath,
      `import { createDefaultLogger } from ${JSON.stringify(source)};
       const logger = createDefaultLogger();
       logger.debug({}, 'no'); logger.info({}, 'no'); logger.warn({ key: 'k' }, 'stale'); logger.error({}, 'gone');`,
    ],
    { encoding: 'utf8' },
  );
  expect(
    lines
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toMatchObject([
    { level: 40, name: 'scijob', key: 'k', msg: 'stale' },
    { level: 50, name: 'scijob', msg: 'gone' },
  ]);
});
