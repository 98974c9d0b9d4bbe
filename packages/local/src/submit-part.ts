import type { Part, SubmitOutcome } from '@scijob/core/adapter';
import type { Home } from './open-home.ts';
import { toStagedFolder } from './prepare-part.ts';

/**
 * One rename is the commit: before it nothing runs, after it the part exists. The marker is there first, so that no
 * committed part is ever without one, and is touched after, so that the runner looks again.
 */
export async function submitPart(home: Home, { key }: Part): Promise<SubmitOutcome> {
  const { client } = home;
  const part = home.part(key.token);
  await markInbox(home, key.token);
  const outcome = await client.moveFolder(toStagedFolder(home, key.token), part.folder, { durable: true });
  if (outcome === 'moved' || (await client.status(part.record)) !== undefined) {
    await markInbox(home, key.token);
    return { type: 'accepted', nativeId: key.token };
  }
  await client.remove(`${home.paths.inbox}/${key.token}`);
  const message =
    outcome === 'missing'
      ? 'was not prepared, or long ago; prepare it again'
      : 'was given up before it was sent, so that it can never run; submit it under the next number';
  return {
    type: 'refused',
    error: {
      code: outcome === 'missing' ? 'NOT_PREPARED' : 'FENCED',
      message: `Part ${key.part} of submission ${key.submission} of ${JSON.stringify(key.key)} ${message}.`,
      retryable: outcome === 'missing',
    },
  };
}

/** Tells the runner to look at a part. */
export async function markInbox(home: Home, token: string): Promise<void> {
  await home.client.write(`${home.paths.inbox}/${token}`, '');
}

/** Sees to it that a part which has not ended has its marker: without one, no runner ever looks at it. */
export async function keepMarked(home: Home, token: string): Promise<void> {
  const { client, paths } = home;
  if ((await client.status(`${paths.inbox}/${token}`)) !== undefined) return;
  if ((await client.status(home.part(token).ended)) === undefined) await markInbox(home, token);
}
