import { createInterface } from 'node:readline';
import { createNullBackend } from './null-backend.ts';

export interface NullRequest {
  readonly id: number;
  readonly question:
    | { readonly type: 'submit'; readonly tokens: readonly string[] }
    | { readonly type: 'observe' }
    | { readonly type: 'count' };
}

export interface NullAnswer {
  readonly id: number;
  readonly nativeIds?: readonly string[];
  readonly state?: string;
  readonly count?: number;
}

const backend = createNullBackend();

async function answer({ id, question }: NullRequest): Promise<NullAnswer> {
  switch (question.type) {
    case 'submit':
      return { id, nativeIds: await backend.submit(question.tokens) };
    case 'observe':
      return { id, state: await backend.observe() };
    case 'count':
      return { id, count: await backend.count() };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line) as NullRequest))}\n`);
}
