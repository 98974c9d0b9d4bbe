// A recorded backend in a process of its own: `<record>`. Says which port it listens on; ends with its standard input.
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { type RecordedAnswer, RecordedBackend, type RecordedQuestion } from './recorded-backend.ts';

export interface RecordedRequest {
  readonly id: number;
  readonly question: RecordedQuestion;
}

export interface RecordedReply extends RecordedAnswer {
  readonly id: number;
}

const [record = ''] = process.argv.slice(2);
writeFileSync(record, '', { flag: 'ax' });
const backend = new RecordedBackend(record);

const server = createServer((socket) => {
  // A client that was killed hears no answer; what it had sent counts all the same.
  const lines = createInterface({ input: socket });
  for (const one of [socket, lines]) one.on('error', () => {});
  lines.on('line', (line) => {
    const { id, question } = JSON.parse(line) as RecordedRequest;
    const reply: RecordedReply = { id, ...backend.answer(question) };
    if (socket.writable) socket.write(`${JSON.stringify(reply)}\n`);
  });
});

server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
process.stdin.on('end', () => process.exit(0)).resume();
