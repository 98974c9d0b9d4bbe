import { type EntryPoint, entryPoints } from '../workspace/entry-point.ts';
import { publishedPackages } from '../workspace/workspace-package.ts';

/** Everything users may import, by the names they write. */
export const PACKED_ENTRY_POINTS: readonly EntryPoint[] = publishedPackages().flatMap(entryPoints);
