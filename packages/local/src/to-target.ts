import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { Target } from '@scijob/core/adapter';
import type { Home } from './open-home.ts';

/** This machine and this directory: the same job cannot be found from another. */
export function toTarget({ machine, directoryId, options }: Pick<Home, 'machine' | 'directoryId' | 'options'>): Target {
  return {
    adapter: 'local',
    id: createHash('sha256').update(`${machine} ${directoryId}`).digest('hex'),
    describe: { host: hostname(), directory: options.directory },
  };
}
