import { expect, it } from 'vitest';
import type { Behaviour } from './behaviour.ts';
import { createCount, formatCount } from './conformance-count.ts';

const behaviour = (id: string, changes: Partial<Behaviour> = {}): Behaviour => ({
  id,
  title: id,
  rule: 'R1',
  run: async () => {},
  ...changes,
});

it('counts what held, what was refused as it should be, and what could not run, and tells it in one line', () => {
  const one = behaviour('one');
  const two = behaviour('two');
  const counter = behaviour('counter', { without: 'arrays' });
  const needy = behaviour('needy');
  const count = createCount([
    { chapter: 'a', behaviour: one, verdict: { type: 'runs' } },
    { chapter: 'a', behaviour: two, verdict: { type: 'runs' } },
    { chapter: 'a', behaviour: counter, verdict: { type: 'runs' } },
    { chapter: 'a', behaviour: behaviour('off'), verdict: { type: 'off' } },
    { chapter: 'a', behaviour: needy, verdict: { type: 'not-run', needs: ['second'] } },
  ]);
  count.pass(one);
  count.pass(counter);

  expect(count.behaviours).toEqual(['one']);
  expect(count.counterBehaviours).toEqual(['counter']);
  expect(formatCount('mine', count)).toBe(
    'mine: 1 behaviours and 1 counter-behaviours held, of 3; 1 not run: needs second (needy)',
  );
});
