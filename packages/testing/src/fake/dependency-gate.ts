import type { FakeTask, NativeObject, Wait } from './native-object.ts';

/** Whether the jobs a task waits for let it begin, never will, or have not yet ended. */
export function dependencyGate(task: FakeTask): 'open' | 'never' | 'waiting' {
  let isWaiting = false;
  for (const wait of task.object.after) {
    const answer = gateOf(wait, task);
    if (answer === 'never') return 'never';
    isWaiting ||= answer === 'waiting';
  }
  return isWaiting ? 'waiting' : 'open';
}

function gateOf({ parent, condition, index }: Wait, task: FakeTask): 'open' | 'never' | 'waiting' {
  const one = index ?? (condition === 'aftercorr' && parent.isArray ? task.index : undefined);
  const { isEnded, isSuccess } = one === undefined ? endOf(parent) : endOfTask(parent.tasks.get(one));
  if (!isEnded) return 'waiting';
  if (condition === 'afterany') return 'open';
  return isSuccess === (condition !== 'afternotok') ? 'open' : 'never';
}

function endOf(parent: NativeObject) {
  return { isEnded: parent.live === 0, isSuccess: parent.in('succeeded') === parent.tasks.size };
}

/** A task that the parent does not have never succeeds. */
function endOfTask(task: FakeTask | undefined) {
  return { isEnded: task === undefined || task.status !== undefined, isSuccess: task?.status?.state === 'succeeded' };
}
