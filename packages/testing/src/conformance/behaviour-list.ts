import type { Chapter } from './behaviour.ts';
import { arrays } from './behaviours/arrays.ts';
import { artifacts } from './behaviours/artifacts.ts';
import { calls } from './behaviours/calls.ts';
import { cancels } from './behaviours/cancels.ts';
import { children } from './behaviours/children.ts';
import { clients } from './behaviours/clients.ts';
import { dependencies } from './behaviours/dependencies.ts';
import { ends } from './behaviours/ends.ts';
import { explains } from './behaviours/explains.ts';
import { finds } from './behaviours/finds.ts';
import { limits } from './behaviours/limits.ts';
import { logs } from './behaviours/logs.ts';
import { observes } from './behaviours/observes.ts';
import { outputs } from './behaviours/outputs.ts';
import { parallels } from './behaviours/parallels.ts';
import { plans } from './behaviours/plans.ts';
import { prepares } from './behaviours/prepares.ts';
import { programs } from './behaviours/programs.ts';
import { retries } from './behaviours/retries.ts';
import { submits } from './behaviours/submits.ts';
import { targets } from './behaviours/targets.ts';

/** The whole contract, in the order it is asked. */
export const CHAPTERS: readonly Chapter[] = [
  targets,
  plans,
  prepares,
  submits,
  finds,
  observes,
  ends,
  programs,
  artifacts,
  outputs,
  logs,
  arrays,
  children,
  parallels,
  limits,
  cancels,
  dependencies,
  retries,
  explains,
  calls,
  clients,
];
