import type { Attempt } from '../ids/attempt.ts';

/** Longest item, in bytes of its JSON, that travels in `SCIJOB_ITEM`; a longer one is read from the file in `SCIJOB_ITEM_FILE`. */
export const ITEM_ENVIRONMENT_LIMIT = 32 * 1024;

export interface TaskEnvironmentValues {
  readonly key: string;
  readonly jobName: string;
  /** Of the item, from zero; absent outside an array. */
  readonly index?: number;
  readonly count?: number;
  /** JSON. */
  readonly item?: string;
  /** Where the item is as JSON; required when the item is longer than `ITEM_ENVIRONMENT_LIMIT`. */
  readonly itemFile?: string;
  readonly attempt: Attempt;
  readonly nodeIndex: number;
  readonly nodeCount: number;
  readonly mainNode: string;
  readonly workDirectory: string;
}

/** The variables every task sees, on every backend. */
export function toTaskEnvironment(values: TaskEnvironmentValues): Record<string, string> {
  const { key, jobName, index, count, attempt, nodeIndex, nodeCount, mainNode, workDirectory } = values;
  return {
    SCIJOB_KEY: key,
    SCIJOB_JOB_NAME: jobName,
    ...(index === undefined ? {} : { SCIJOB_INDEX: String(index) }),
    ...(count === undefined ? {} : { SCIJOB_COUNT: String(count) }),
    ...itemVariable(values),
    SCIJOB_ATTEMPT: attempt,
    SCIJOB_NODE_INDEX: String(nodeIndex),
    SCIJOB_NODE_COUNT: String(nodeCount),
    SCIJOB_MAIN_NODE: mainNode,
    SCIJOB_WORK_DIR: workDirectory,
  };
}

function itemVariable({ item, itemFile }: TaskEnvironmentValues): Record<string, string> {
  if (item !== undefined && Buffer.byteLength(item) <= ITEM_ENVIRONMENT_LIMIT) {
    return { SCIJOB_ITEM: item };
  }
  if (itemFile !== undefined) {
    return { SCIJOB_ITEM_FILE: itemFile };
  }
  if (item !== undefined) {
    throw new TypeError(
      `An item of ${Buffer.byteLength(item)} bytes does not fit in SCIJOB_ITEM (${ITEM_ENVIRONMENT_LIMIT}): write it to a file and pass itemFile.`,
    );
  }
  return {};
}
