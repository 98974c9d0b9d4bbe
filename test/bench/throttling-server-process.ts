// An HTTP server with a limit that steps, in a process of its own: `<step seconds> <answer after ms>`.
// POST / is a call: 200 or 429. GET / gives what was counted. Ends with its standard input.
import { createServer } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { SteppingLimit } from './stepping-limit.ts';

const [stepSeconds, answerAfterMs] = process.argv.slice(2).map(Number);
const limit = new SteppingLimit(stepSeconds ?? 0);

const server = createServer(async (request, response) => {
  request.resume();
  if (request.method === 'GET') {
    response.end(JSON.stringify(limit.counts));
    return;
  }
  response.statusCode = limit.call(performance.now()) ? 200 : 429;
  await setTimeout(answerAfterMs);
  response.end();
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`);
});
process.stdin.resume().on('end', () => process.exit(0));
