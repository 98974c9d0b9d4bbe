import { Runner, type RunnerOptions } from './runner/runner.ts';

// Started as `node runner-entry.js <directory> [options as JSON]`. It belongs to no terminal and to no client.
const [, , directory, options = '{}'] = process.argv;
if (directory === undefined) {
  process.stderr.write('usage: node runner-entry.js <directory>\n');
  process.exit(64);
}
for (const signal of ['SIGHUP', 'SIGINT'] as const) process.on(signal, () => {});
await Runner.run(directory, JSON.parse(options) as RunnerOptions);
// Idle shells end now, and then so does this. One that still has a task goes on without us.
setTimeout(() => process.exit(0), 1_000).unref();
