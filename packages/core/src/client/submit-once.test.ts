import { afterEach, describe, expect, it } from 'vitest';
import { nullBackend } from './null-adapter.fixture.ts';
import { dock, ownerWorld } from './owner-regressions.fixture.ts';

const world = ownerWorld();
afterEach(() => world.clear());

describe('a call that submits', () => {
  it('is made once, though it failed like one that may be repeated', async () => {
    const backend = nullBackend();
    const sent: string[] = [];
    const client = world.clientOn(backend, {
      change: (real) => ({
        submit: async (parts, context) => {
          sent.push(...parts.map(({ key }) => key.token));
          if (sent.length === 1) throw new Error('429 Too Many Requests');
          return real.submit(parts, context);
        },
      }),
    });

    await client.submit(dock);

    // Fenced off for certain, it went once more under the next number.
    expect(sent).toHaveLength(2);
    expect(new Set(sent).size).toBe(2);
    expect(backend.calls.filter((call) => call.startsWith('find'))).toEqual(['find 1']);
  });
});
