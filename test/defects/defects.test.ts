import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { REPOSITORY } from '../workspace/repository.ts';
import { applyDefect } from './apply-defect.ts';
import { ANCHOR_BUGS } from './defect.ts';
import { defectPage } from './defect-page.ts';
import { DEFECTS } from './defects.ts';

const read = (path: string) => readFileSync(join(REPOSITORY, path), 'utf8');

describe('the seeded defects', () => {
  it.each(DEFECTS)('have $id where the sources are today, and a test to find it', (defect) => {
    const source = read(`packages/${defect.file}`);
    expect(applyDefect(source, defect)).not.toBe(source);
    expect(read(`packages/${defect.test.package}/${defect.test.file}`)).toContain(
      defect.test.writtenAs ?? defect.test.title,
    );
  });

  it('are the ten best known and at least fifteen more of the catalogue, each by a name of its own', () => {
    const anchors = DEFECTS.flatMap(({ anchor }) => anchor ?? []);
    expect(anchors.toSorted()).toEqual([...ANCHOR_BUGS].sort());
    const others = DEFECTS.filter(({ anchor, catalogue = [] }) => anchor === undefined && catalogue.length > 0);
    expect(others.length).toBeGreaterThanOrEqual(15);
    expect(new Set(DEFECTS.map(({ id }) => id)).size).toBe(DEFECTS.length);
  });

  it('are those of docs/seeded-defects.md (`pnpm --filter @scijob/test defects --write` writes it)', () => {
    expect(read('docs/seeded-defects.md')).toBe(defectPage(DEFECTS));
  });
});

describe('a defect', () => {
  const defect = { ...DEFECTS[0], id: 'x', find: 'a', replace: 'b' } as (typeof DEFECTS)[number];

  it('is refused where its text stands twice, or not at all', () => {
    expect(applyDefect('-a-', defect)).toBe('-b-');
    expect(() => applyDefect('aa', defect)).toThrow('2 times');
    expect(() => applyDefect('-', defect)).toThrow('0 times');
  });
});
