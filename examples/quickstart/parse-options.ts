import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

export interface QuickstartOptions {
  /** The same key comes back to the same screening. */
  readonly key: string;
  /** Whether to print each line that the tasks print. */
  readonly logs: boolean;
  /** Where the ranked list and the picture go. */
  readonly out: string;
  /** Molecules per task. */
  readonly chunkSize: number;
}

export function parseOptions(argv: readonly string[] = process.argv.slice(2)): QuickstartOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      key: { type: 'string', default: 'quickstart' },
      logs: { type: 'boolean', default: false },
      out: { type: 'string', default: fileURLToPath(new URL('out', import.meta.url)) },
      'chunk-size': { type: 'string', default: '25' },
    },
  });
  return { key: values.key, logs: values.logs, out: values.out, chunkSize: Number(values['chunk-size']) };
}
