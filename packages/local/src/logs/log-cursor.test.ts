import { expect, it } from 'vitest';
import { formatLogCursor, parseLogCursor } from './log-cursor.ts';

it('comes back from its text as it was', () => {
  const cursor = {
    next: 12,
    open: [
      { source: 3, offsets: [100, 0] },
      { source: 11, offsets: [1, 2, 3, 4] },
    ],
  };

  expect(parseLogCursor(formatLogCursor(cursor))).toEqual(cursor);
  expect(formatLogCursor({ next: 0, open: [] })).toBe('0');
});

it.each(['', 'x', '1;2', '1;2:3,', '-1', '1;1:2;'])('is refused by name when it is %j', (text) => {
  expect(() => parseLogCursor(text)).toThrow(/no cursor/);
});
