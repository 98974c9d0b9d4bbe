import type { Json, ManifestLine, Part, TaskRange } from '@scijob/core/adapter';
import type { SubmittedTask } from './scripted.ts';

/** The tasks of a part, each with its item applied, in the order of their indexes. Reads the manifest once. */
export async function readTasks(part: Part): Promise<readonly SubmittedTask[]> {
  const { job, key } = part;
  const { array, ...single } = job;
  const base = { ...single, key: key.key, submission: key.submission };
  if (!array) return [base];
  const ranges = part.tasks ?? [[0, array.count - 1] as const];
  const tasks: SubmittedTask[] = [];
  let index = 0;
  for await (const text of readLines(array.manifest.open())) {
    if (isIn(ranges, index)) tasks.push(withItem(base, JSON.parse(text) as ManifestLine, index));
    index += 1;
  }
  const wanted = ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
  if (tasks.length === wanted) return tasks;
  throw new RangeError(
    `The part of ${JSON.stringify(key.key)} runs ${wanted} items, but its manifest has ${tasks.length} of them in ${index} lines.`,
  );
}

/** One line of a manifest laid over the array's job. */
function withItem(base: SubmittedTask, line: ManifestLine, index: number): SubmittedTask {
  const { item, command, parameters, environment, inputs, tags } = line;
  return {
    ...base,
    ...(command === undefined ? {} : { command }),
    ...(parameters === undefined || !base.workflow ? {} : { workflow: { ...base.workflow, parameters } }),
    ...(environment === undefined ? {} : { environment: laidOver(base.environment, environment) }),
    ...(inputs === undefined ? {} : { inputs: laidOver(base.inputs, inputs) }),
    ...(tags === undefined ? {} : { tags: laidOver(base.tags, tags) }),
    item: item as Json,
    index,
  };
}

/** `null` takes a member away. */
function laidOver(
  base: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, string | null>>,
): Readonly<Record<string, string>> {
  const merged: Record<string, string> = { ...base };
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) delete merged[name];
    else merged[name] = value;
  }
  return merged;
}

function isIn(ranges: readonly TaskRange[], index: number): boolean {
  return ranges.some(([from, to]) => index >= from && index <= to);
}

async function* readLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}
