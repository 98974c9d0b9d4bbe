/** A TypeScript block of a page, as it will be compiled. */
export interface CodeBlock {
  /** Line of the page its first line stands in, counted from 1. */
  readonly line: number;
  readonly code: string;
}

/** Blocks that build on each other: one program. The first one begins it, `ts continue` goes on. */
export type Program = readonly CodeBlock[];

export interface PageBlocks {
  readonly programs: readonly Program[];
  /** What is wrong with the way blocks are marked. */
  readonly problems: readonly string[];
}

const FENCE = /^(?<indent> {0,3}(?:> ?)*)(?<ticks>`{3,}|~{3,})\s*(?<info>.*)$/;

/** Finds every block marked `ts` or `typescript` in a Markdown page. `ts no-check` leaves one out and owes a reason after it. */
export function codeBlocks(page: string): PageBlocks {
  const programs: CodeBlock[][] = [];
  const problems: string[] = [];
  const lines = page.split('\n');
  for (let index = 0; index < lines.length; index += 1) {
    const fence = FENCE.exec(lines[index] ?? '')?.groups;
    if (!fence) continue;
    const { indent = '', ticks = '', info = '' } = fence;
    const line = index + 1;
    const body: string[] = [];
    for (index += 1; index < lines.length && !closes(lines[index] ?? '', ticks); index += 1)
      body.push((lines[index] ?? '').slice(indent.length));
    if (index === lines.length) problems.push(`line ${line}: this block never ends`);
    const [language = '', mark, ...words] = info.trim().split(/\s+/);
    if (!/^(ts|tsx|typescript|mts)$/i.test(language)) continue;
    const block = { line: line + 1, code: body.join('\n') };
    if (mark === undefined) programs.push([block]);
    else if (mark === 'continue' && programs.length > 0) programs.at(-1)?.push(block);
    else if (mark === 'continue') problems.push(`line ${line}: nothing to continue`);
    else if (mark !== 'no-check') problems.push(`line ${line}: unknown mark ${mark}`);
    else if (words.length < 3) problems.push(`line ${line}: no-check owes a reason after it`);
  }
  return { programs, problems };
}

/** A file in which each line has the number it has on the page, so that the compiler's messages point there. */
export function programText(program: Program): string {
  const lines: string[] = [];
  for (const { line, code } of program) {
    while (lines.length < line - 1) lines.push('');
    lines.push(...code.split('\n'));
  }
  // What imports nothing is a program too, with names of its own.
  return `${lines.join('\n')}\nexport {};\n`;
}

function closes(line: string, ticks: string): boolean {
  const trimmed = line.replace(/^(> ?)*/, '').trim();
  return trimmed.length >= ticks.length && trimmed === (ticks[0] ?? '').repeat(trimmed.length);
}
