import type { Artifact, Clock, CommandJob } from '@scijob/core';
import type { JobAdapter } from '@scijob/core/adapter';

export type JourneyJob = CommandJob<{ readonly made: Artifact }>;

/** Where a journey goes, and what the place itself says of it afterwards. */
export interface JourneyBackend {
  // biome-ignore lint/suspicious/noExplicitAny: the journeys use no options of a backend's own.
  readonly adapter: JobAdapter<'command', any>;
  /** A directory of its own, for ledgers. */
  readonly home: string;
  /** Its adapter lives on this clock. */
  readonly clock: Clock;
  /** A program that prints `LINES` lines, leaves `made.txt`, and ends with exit code 3 or 0. */
  job(name: string, fails: boolean): JourneyJob;
  /** Key and index of each task, once for each time it really ran, sorted; when nothing runs any more. */
  ran(): Promise<readonly string[]>;
  remove(): Promise<void>;
}

export const LINES = ['line 1', 'line 2', 'line 3', 'line 4'] as const;

export const madeBy = (name: string) => `made by ${name}`;
