import { Runner } from './runner/runner.ts';

// Started as `node runner-entry.js <directory> [idle ms]`. It belongs to no terminal and to no client.
const [, , directory, idleMs] = process.argv;
if (directory === undefined) {
  process.stderr.write('usage: node runner-entry.js <directory> [idle-ms]\n');
  process.exit(64);
}
for (const signal of ['SIGHUP', 'SIGINT'] as const) process.on(signal, () => {});
await Runner.run(directory, idleMs === undefined ? {} : { idleMs: Number(idleMs) });
// Shells that still have a task go on by themselves.
process.exit(0);
