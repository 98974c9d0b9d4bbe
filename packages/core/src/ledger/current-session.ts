import { randomBytes } from 'node:crypto';
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { readProcess } from './process-state.ts';
import type { SessionIdentity } from './session-identity.ts';

/**
 * A new session of this process. Boot id, start time and process namespace come from Linux's `/proc`; elsewhere they are left
 * empty, and other sessions judge this one by its beat alone.
 */
export async function currentSession(at: Date): Promise<SessionIdentity> {
  const [bootId, pidNamespace, self] = await Promise.all([
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => ''),
    readlink('/proc/self/ns/pid').catch(() => ''),
    readProcess(process.pid),
  ]);
  const startTime = self.type === 'found' ? self.startTime : '';
  return {
    id: at.getTime().toString(36).padStart(9, '0') + randomBytes(8).toString('hex'),
    host: hostname(),
    bootId: bootId.trim(),
    pid: process.pid,
    startTime,
    ...(pidNamespace ? { pidNamespace } : {}),
  };
}
