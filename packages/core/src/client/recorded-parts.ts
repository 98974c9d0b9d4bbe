import type { TaskRange } from '../ids/job-ref.ts';
import { rangesOf } from '../ids/task-ranges.ts';
import type { JobHistory } from '../ledger/job-history.ts';
import type { IntentRecord, JobChange, OutcomeRecord, RecordedPart } from '../ledger/ledger-record.ts';
import type { Duty } from '../seam/duty.ts';

/** A part of a submission as the ledger knows it. */
export interface KnownPart extends RecordedPart {
  readonly submission: number;
  readonly outcome?: OutcomeRecord;
}

/**
 * The intents that make the job: from the newest that began it anew. What was refused or never arrived was followed by
 * another number, and is no part of it.
 */
export function standingIntents({ intents }: JobHistory): readonly IntentRecord[] {
  const begin = intents.findLastIndex(({ retries, tasks, submission }) => submission === 1 || (!retries && !tasks));
  return intents.slice(Math.max(begin, 0));
}

/** All parts of these submissions, in order. */
export function knownParts(history: JobHistory, intents: readonly IntentRecord[]): readonly KnownPart[] {
  const outcomes = new Map(history.outcomes.map((one) => [`${one.submission}.${one.part}`, one]));
  return intents.flatMap((intent) => {
    const late = history.parts.filter(({ submission }) => submission === intent.submission);
    const parts = [...intent.parts, ...late].toSorted((a, b) => a.part - b.part);
    return parts.map(({ part, token, tasks, change }): KnownPart => {
      const outcome = outcomes.get(`${intent.submission}.${part}`);
      return {
        submission: intent.submission,
        part,
        token,
        ...(tasks ? { tasks } : {}),
        ...(change ? { change } : {}),
        ...(outcome ? { outcome } : {}),
      };
    });
  });
}

/** The items that a submission runs: all, unless it says otherwise. */
export function tasksOf({ tasks, count }: IntentRecord): readonly TaskRange[] | undefined {
  return tasks ?? (count === undefined ? undefined : [[0, count - 1]]);
}

/** Duties that are neither done nor given up. */
export function openDuties({ duties }: JobHistory): readonly { readonly name: string; readonly duty: Duty }[] {
  return duties
    .filter(({ state }) => state === 'pending' || state === 'due')
    .map(({ duty }) => ({ name: duty, duty: duty.split('/')[0] as Duty }));
}

/** A duty is done once: that of a later chain of submissions has the number of its first in its name. */
export function dutyName(duty: Duty, submission: number): string {
  return submission === 1 ? duty : `${duty}/${submission}`;
}

/** Whether somebody asked for the whole job to be stopped since somebody last asked for it to run: a retry by itself is no such thing. */
export function cancelOf({ cancels, intents }: JobHistory) {
  const asked = intents.findLast(({ retries }) => retries === undefined)?.submission ?? 1;
  return cancels.findLast(({ children, submission }) => children === undefined && (submission ?? asked) >= asked);
}

/** Tasks that somebody asked to be stopped since somebody last asked for them to run. */
export function cancelledTasks({ cancels, intents }: JobHistory): readonly TaskRange[] {
  const asked = intents.findLast(({ retries }) => retries === undefined)?.submission ?? 1;
  return rangesOf(
    cancels.filter(({ submission }) => (submission ?? asked) >= asked).flatMap(({ children = [] }) => children),
  );
}

/** What a retry changes, laid over what it changed before. */
export function mergeChanges(before: JobChange | undefined, change: JobChange): JobChange {
  const resources = { ...before?.resources, ...change.resources };
  return { ...before, ...change, ...(Object.keys(resources).length > 0 ? { resources } : {}) };
}
