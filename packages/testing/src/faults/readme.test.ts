import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as testing from '../index.ts';

const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');
const [survivable = '', beyond = ''] = readme.split('## What cannot be survived');
const rowsOf = (text: string) => [...text.matchAll(/^\| `(\w+)` +\|/gm)].map(([, name]) => name ?? '');

describe('the table of faults', () => {
  it('names nothing that is not exported', () => {
    const exported = Object.keys(testing);
    expect(rowsOf(readme).filter((name) => !exported.includes(name))).toEqual([]);
  });

  it('says of each fault of this folder whether it must be survived', () => {
    const source = readFileSync(new URL('../index.ts', import.meta.url), 'utf8');
    const namesIn = (pattern: RegExp) => [...source.matchAll(pattern)].map(([, name]) => toCamel(name ?? ''));
    const parts = /^(faults?|injectedFaultError|seededRandom|when|withFaults)$/;
    const faults = namesIn(/'\.\/faults\/([a-z-]+)\.ts'/g).filter((name) => !parts.test(name));
    expect(rowsOf(survivable).sort()).toEqual(faults.sort());
    expect(rowsOf(beyond).sort()).toEqual(namesIn(/'\.\/faults\/violations\/([a-z-]+)\.ts'/g).sort());
  });
});

function toCamel(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
