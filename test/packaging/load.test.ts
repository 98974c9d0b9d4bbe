import { describe, expect, inject, it } from 'vitest';
import { PACKED_ENTRY_POINTS } from './packed-entry-points.ts';
import { runNode } from './run-node.ts';

const { folder } = inject('packed');

describe.each(PACKED_ENTRY_POINTS)('$specifier, installed from its tarball,', ({ specifier }) => {
  it('is imported by Node', () => {
    const { status, output } = runNode(['--input-type=module', '--eval', `await import('${specifier}')`], {
      cwd: folder,
    });
    expect(output).toBe('');
    expect(status).toBe(0);
  });

  // Notebooks turn every import into this. A top-level await anywhere behind the entry breaks it.
  it('is required by Node, and gives the same module as an import', () => {
    const program = `
      import { createRequire } from 'node:module';
      const required = createRequire(process.cwd() + '/')('${specifier}');
      const imported = await import('${specifier}');
      const differing = Object.keys(imported).filter((name) => imported[name] !== required[name]);
      if (differing.length > 0) throw new Error('two copies of ' + differing);`;
    const { status, output } = runNode(['--input-type=module', '--eval', program], { cwd: folder });
    expect(output).toBe('');
    expect(status).toBe(0);
  });
});
