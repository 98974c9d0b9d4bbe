import { readFileSync } from 'node:fs';

/**
 * The most this process ever had resident, in bytes. By the kernel's own line where there is one: what `getrusage` says of a
 * process begins with what its parent had when it was started.
 */
export function peakRssBytes(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1_024;
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1')) ?? [];
  if (kibibytes === undefined) throw new Error('/proc/self/status has no line VmHWM.');
  return Number(kibibytes) * 1_024;
}
