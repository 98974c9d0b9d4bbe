import type { FinalStatus } from '@scijob/core/adapter';
import { type EndRecord, type StopRecord, toEndStatus, type WrapperOutput } from '@scijob/core/wrapper';
import { type EndLine, toEndLine } from './end-line.ts';

const GIB = 2 ** 30;

export interface EndEvidence {
  readonly index: number;
  readonly end: EndRecord;
  readonly stop?: StopRecord;
  readonly outputs: readonly WrapperOutput[];
  /** When the part was sent. */
  readonly sentAt: Date;
  /** The highest memory the runner saw. */
  readonly sampledPeakBytes?: number;
  /** How often the kernel killed a process of the task for its memory limit. */
  readonly memoryKills?: number;
  readonly memoryLimitGiB?: number;
}

/** How a task ended, from its records and from what only the runner knows. Pure. */
export function toEnd(evidence: EndEvidence): EndLine {
  const { index, end } = evidence;
  const peakBytes = end.peakMemoryBytes ?? evidence.sampledPeakBytes;
  return toEndLine(index, toStatus(evidence), {
    queuedSeconds: seconds(evidence.sentAt, end.startedAt),
    wallSeconds: seconds(end.startedAt, end.endedAt),
    ...(end.cpuSeconds !== undefined && { cpuSeconds: end.cpuSeconds }),
    ...(peakBytes !== undefined && { peakMemoryGiB: Math.round((peakBytes / GIB) * 1e6) / 1e6 }),
    ...(evidence.memoryKills && { evidence: { memoryKills: evidence.memoryKills } }),
  });
}

function toStatus({ end, stop, outputs, memoryKills = 0, memoryLimitGiB }: EndEvidence): FinalStatus {
  const status = toEndStatus(end, { outputs, ...(stop && { stop }) });
  if (status.state === 'succeeded' || stop || memoryKills === 0) return status;
  return {
    ...status,
    state: 'failed',
    reason: 'out-of-memory',
    message: `The kernel killed it at its memory limit of ${memoryLimitGiB ?? '?'} GiB. Ask for more in resources.memoryGiB.`,
  };
}

/** Whether the records alone may not say why: the kernel's memory killer leaves a mark only where the runner looks. */
export function mayBeMemoryKill({ end, stop, memoryLimitGiB }: Pick<EndEvidence, 'end' | 'stop' | 'memoryLimitGiB'>) {
  return stop === undefined && memoryLimitGiB !== undefined && end.exitCode !== 0 && end.reason === undefined;
}

function seconds(from: Date, to: Date): number {
  return Math.max(0, Math.round(to.getTime() - from.getTime()) / 1_000);
}
