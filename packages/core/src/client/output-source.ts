/** An output of another job as an input's source: by key, item and name, so that it reads the same before and after that job ran. */
export interface OutputSource {
  readonly key: string;
  /** For a task of an array. */
  readonly child?: number;
  readonly output: string;
}

const PREFIX = 'scijob:output:';

export function formatOutputSource({ key, child, output }: OutputSource): string {
  return `${PREFIX}${encodeURIComponent(key)}/${child ?? ''}/${encodeURIComponent(output)}`;
}

/** `undefined` for a path or an address, which every other source is. */
export function parseOutputSource(source: string): OutputSource | undefined {
  if (!source.startsWith(PREFIX)) return undefined;
  const [key = '', child = '', output = ''] = source.slice(PREFIX.length).split('/');
  return {
    key: decodeURIComponent(key),
    ...(child === '' ? {} : { child: Number(child) }),
    output: decodeURIComponent(output),
  };
}

export function isOutputSource(source: string): boolean {
  return source.startsWith(PREFIX);
}
