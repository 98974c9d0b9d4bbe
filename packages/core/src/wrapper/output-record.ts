import { RecordDamagedError } from './record-damaged-error.ts';
import { wholeLines } from './record-fields.ts';

/** One file a declared output found, from the file `outputs`. */
export interface OutputRecord {
  /** As in the declaration: relative to the work directory. */
  readonly path: string;
  /** Lower-case hexadecimal; absent when it could not be read, no tool was there, or there was no time. */
  readonly sha256?: string;
}

const LINE = /^(\\?)([0-9a-f]{64}|-) [ *](.+)$/s;
const TIMES = /^\d+m\d+(?:[.,]\d+)?s /;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', '\\': '\\' };

/** In the order they were found, each path once. `undefined` when torn; throws `RecordDamagedError` when whole but nonsense. */
export function parseOutputRecords(text: string): readonly OutputRecord[] | undefined {
  const lines = wholeLines(text);
  if (lines === undefined) {
    return undefined;
  }
  const found = new Map<string, OutputRecord>();
  for (const line of lines) {
    if (line === '' || TIMES.test(line)) {
      continue;
    }
    const [, escaped, hash, name] = LINE.exec(line) ?? [];
    if (hash === undefined || name === undefined) {
      throw new RecordDamagedError('outputs', `it has the line ${JSON.stringify(line)}`);
    }
    const path = (escaped ? unescapeName(name) : name).replace(/^\.\//, '');
    if (hash !== '-') {
      found.set(path, { path, sha256: hash });
    } else if (!found.has(path)) {
      found.set(path, { path });
    }
  }
  return [...found.values()];
}

/** As `sha256sum` writes them: `\\`, `\n`, `\r`. */
function unescapeName(name: string): string {
  return name.replaceAll(/\\(.)/g, (whole, letter: string) => ESCAPES[letter] ?? whole);
}
