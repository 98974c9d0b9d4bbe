// Run by `node --test`: as many tests as COUNT says, which do nothing.
import { describe, it } from 'node:test';

describe('nothing', () => {
  for (let test = 0; test < Number(process.env['COUNT']); test += 1) it(`is tried (${test})`, async () => {});
});
