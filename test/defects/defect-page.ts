import { ANCHOR_BUGS, type Defect } from './defect.ts';

/** `docs/seeded-defects.md`: which test finds which defect. */
export function defectPage(defects: readonly Defect[]): string {
  const rows = defects.map((defect) => {
    const { id, title, rule, test } = defect;
    const place = `packages/${test.package}/${test.file}`;
    return `| \`${id}\` | ${title} | ${originOf(defect)} | ${rule} | ${test.title} | [${place}](../${place}) |`;
  });
  const later = ANCHOR_BUGS.map((anchor) => {
    const of = defects.filter((defect) => defect.anchor === anchor);
    const seeded = of.map(({ id }) => `\`${id}\``).join(', ');
    return `| ${anchor} | ${seeded} | ${of.flatMap((defect) => defect.later ?? []).join(', ') || '—'} |`;
  });
  return `# Seeded defects

<!-- Written by \`pnpm --filter @scijob/test defects --write\` from test/defects. Do not edit. -->

Tests are worth what they catch. Each of these ${defects.length} mistakes is put into a copy of the sources, one at a time, and the
named test, which passes without it, must fail. \`pnpm --filter @scijob/test defects\` does that; with ids behind it, for some.

*From* is one of the ten defects that systems of this kind are best known for, or a number of the catalogue of failure
modes that this project was planned by; *rule* is the promise of the design that is broken.

| id | what is done wrong | from | rule | test that fails | where |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}

## The ten best known

Where a defect is about something that scijob does not have yet, it is seeded in the form it has here; the rest follows with
that adapter.

| defect | seeded as | still to be seeded |
| --- | --- | --- |
${later.join('\n')}
`;
}

function originOf({ anchor, catalogue = [] }: Defect): string {
  const numbers = catalogue.join(', ');
  if (anchor === undefined) return numbers || 'the design';
  return numbers === '' ? anchor : `${anchor}; ${numbers}`;
}
