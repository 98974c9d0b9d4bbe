import type { LabBackend } from './lab-backend.fixture.ts';

/** What may have happened to the jobs of one key, at the most. */
export interface Allowed {
  readonly tasks: number;
  /** How often the science of one task may run. @default 1 */
  readonly runs?: number;
  /** All attempts it has fail. */
  readonly fails?: true;
  /** How many of its tasks may be alive at once. */
  readonly window?: number;
}

/**
 * What of a backend's record breaks the promises of the SDK, in words: science that ran twice at once, after it had succeeded,
 * or more often than its attempts; a part that was sent twice; a window that was not kept. Empty when all is well.
 */
export function wrongs({ record }: LabBackend, allowed: ReadonlyMap<string, Allowed>): readonly string[] {
  const found: string[] = [];
  const tokens = new Set<string>();
  const tasks = new Map<
    string,
    { runs: number; submissions: Set<number>; isRunning: boolean; hasSucceeded: boolean }
  >();
  for (const event of record) {
    if (event.type === 'fenced' || event.type === 'cancel') continue;
    const { key } = event;
    const rule = allowed.get(key);
    if (!rule) {
      found.push(`${key}: nobody submitted that`);
      continue;
    }
    if (event.type === 'created') {
      if (tokens.has(event.token))
        found.push(`${key}: submission ${event.submission}, part ${event.part} was sent twice`);
      tokens.add(event.token);
    }
    if (event.type === 'created' || event.type === 'refused') continue;
    const name = `${key}[${event.index}]`;
    const task = tasks.get(name) ?? { runs: 0, submissions: new Set(), isRunning: false, hasSucceeded: false };
    tasks.set(name, task);
    if (event.type === 'ended') {
      task.isRunning = false;
      task.hasSucceeded ||= event.how === 'succeeded';
      continue;
    }
    if (task.isRunning) found.push(`${name}: ran twice at once`);
    if (task.hasSucceeded) found.push(`${name}: ran again after it had succeeded`);
    if (task.submissions.has(event.submission)) found.push(`${name}: submission ${event.submission} ran twice`);
    if (event.index >= rule.tasks) found.push(`${name}: there is no such task`);
    const running = [...tasks].filter(([one, { isRunning }]) => isRunning && one.startsWith(`${key}[`)).length + 1;
    if (rule.window !== undefined && running > rule.window) found.push(`${key}: ${running} tasks at once`);
    task.runs += 1;
    task.isRunning = true;
    task.submissions.add(event.submission);
    if (task.runs > (rule.runs ?? 1)) found.push(`${name}: ran ${task.runs} times`);
  }
  return found;
}

/** How many tasks of a key succeeded. */
export function succeeded({ record }: LabBackend, key: string): number {
  const ended = record.filter((event) => event.type === 'ended' && event.key === key && event.how === 'succeeded');
  return new Set(ended.map((event) => ('index' in event ? event.index : 0))).size;
}
