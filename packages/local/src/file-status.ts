import type { BigIntStats } from 'node:fs';
import type { FileStatus } from './local-client.ts';

export function toFileStatus(stats: BigIntStats): FileStatus {
  return {
    type: stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other',
    sizeBytes: Number(stats.size),
    modifiedAt: new Date(Number(stats.mtimeMs)),
    inode: Number(stats.ino),
    version: `${stats.mtimeNs.toString(36)}-${stats.size.toString(36)}-${stats.ino.toString(36)}`,
  };
}
