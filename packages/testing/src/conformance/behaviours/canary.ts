import assert from 'node:assert/strict';
import { randomLetters } from '../bench/parts.ts';

/** A secret in the environment of this process, which no job may carry by value, and how to take it away again. */
export function aCanary(): { readonly name: string; readonly value: string; readonly remove: () => void } {
  const name = `SCIJOB_CONFORMANCE_${randomLetters(12).toUpperCase()}`;
  const value = `canary-${randomLetters(24)}`;
  process.env[name] = value;
  return {
    name,
    value,
    remove: () => {
      delete process.env[name];
    },
  };
}

export function assertWithout(secret: string, value: unknown, what: string): void {
  const text = JSON.stringify(value, (_name, member) => (member instanceof Error ? String(member) : member)) ?? '';
  assert.ok(!text.includes(secret), `the value of a secret stands in ${what}`);
}
