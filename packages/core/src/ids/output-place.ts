/** A declared output as a ref carries it: `file:path`, `file?:path` (optional), `files:pattern`, `json:path`. */
export interface OutputPlace {
  readonly type: 'file' | 'files' | 'json';
  readonly path: string;
  readonly optional: boolean;
}

export function formatOutputPlace({ type, path, optional }: OutputPlace): string {
  return `${type}${optional ? '?' : ''}:${path}`;
}

/** `undefined` for what a newer version may have written. */
export function parseOutputPlace(text: string): OutputPlace | undefined {
  const match = /^(file|files|json)(\?)?:([\s\S]+)$/.exec(text);
  if (!match) return undefined;
  return { type: match[1] as OutputPlace['type'], optional: match[2] === '?', path: match[3] ?? '' };
}
