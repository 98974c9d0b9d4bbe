import { budget } from './budget.ts';
import { conformance } from './conformance.ts';
import { eventLoop } from './event-loop.ts';
import type { Metric } from './harness.ts';
import { importTime } from './import-time.ts';
import { liveHandles } from './live-handles.ts';
import { localArray } from './local-array.ts';
import { millionItems } from './million-items.ts';
import { observations } from './observations.ts';
import { recovery } from './recovery.ts';
import { submit } from './submit.ts';
import { submitOne } from './submit-one.ts';
import { verify } from './verify.ts';

/** In the order of the table of goals. */
export const METRICS: readonly Metric[] = [
  submit,
  submitOne,
  localArray,
  liveHandles,
  millionItems,
  importTime,
  verify,
  budget,
  recovery,
  observations,
  eventLoop,
  conformance,
];
