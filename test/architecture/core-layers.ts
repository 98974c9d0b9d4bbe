/** From the top down. A layer may import itself and everything in the rows below; layers of one row do not import each other. */
const ROWS: readonly (readonly string[])[] = [
  ['client'],
  ['handle'],
  ['streams'],
  ['tracker'],
  ['budget', 'ledger', 'wrapper'],
  ['seam'],
  ['job', 'state'],
  ['errors'],
  ['ids'],
  ['util'],
];

/** Narrower than its row: the wrapper knows tasks, not adapters. Types of `job` only. */
const WRAPPER_MAY_IMPORT: readonly string[] = ['wrapper', 'util', 'ids', 'errors', 'state', 'job'];

export interface LayerImport {
  /** Relative to `packages/core/src`: `ledger/segment.ts`. */
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

/** What is wrong with one import inside core, or `undefined`. Entry files (directly in `src`) may import anything, nobody imports them. */
export function layerViolation({ from, to, typeOnly }: LayerImport): string | undefined {
  const fromLayer = layerOf(from);
  const toLayer = layerOf(to);
  if (toLayer === undefined) return `${from} imports ${to}: nothing imports an entry file`;
  for (const layer of [fromLayer, toLayer])
    if (layer !== undefined && rowOf(layer) === -1) return `${layer}/ is no layer: give it a row in core-layers.ts`;
  if (fromLayer === undefined || fromLayer === toLayer) return undefined;
  if (fromLayer === 'wrapper') {
    if (!WRAPPER_MAY_IMPORT.includes(toLayer)) return `${from} imports ${to}: wrapper does not know ${toLayer}`;
    if (toLayer === 'job' && !typeOnly) return `${from} imports ${to}: wrapper takes only types from job`;
    return undefined;
  }
  if (rowOf(fromLayer) < rowOf(toLayer)) return undefined;
  const areJobAndState = rowOf(fromLayer) === rowOf('job') && rowOf(toLayer) === rowOf('job');
  if (areJobAndState) {
    // A job names failure reasons; a status only mentions the types of jobs.
    return typeOnly || fromLayer === 'job' ? undefined : `${from} imports ${to}: state takes only types from job`;
  }
  return `${from} imports ${to}: ${fromLayer} may not look up to ${toLayer}`;
}

function layerOf(file: string): string | undefined {
  return file.includes('/') ? file.slice(0, file.indexOf('/')) : undefined;
}

function rowOf(layer: string): number {
  return ROWS.findIndex((row) => row.includes(layer));
}
