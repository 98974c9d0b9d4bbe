import type { Defect } from './defect.ts';

/** The source with the defect in it. @throws when the text that it replaces does not stand there exactly once */
export function applyDefect(source: string, { id, file, find, replace }: Defect): string {
  const [before, after, ...more] = source.split(find);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(
      `The defect "${id}" replaces a text that packages/${file} has ${more.length + (after === undefined ? 0 : 1)} times, not once: ${JSON.stringify(find)}`,
    );
  }
  return `${before}${replace}${after}`;
}
