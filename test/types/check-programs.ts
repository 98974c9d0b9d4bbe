// The same as programs.test.ts, for the eye.
import { compilePrograms, READERS, type Reader } from './compile-programs.ts';

for (const reader of Object.keys(READERS) as Reader[]) {
  const messages = compilePrograms(reader);
  console.log(`${reader}: ${messages.length === 0 ? 'all programs compile' : ''}`);
  for (const message of messages) console.log(`  ${message}`);
  if (messages.length > 0) process.exitCode = 1;
}
