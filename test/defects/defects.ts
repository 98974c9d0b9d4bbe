import type { Defect } from './defect.ts';
import { LEDGER_DEFECTS } from './ledger-defects.ts';
import { OWNER_DEFECTS } from './owner-defects.ts';
import { STREAM_DEFECTS } from './stream-defects.ts';
import { SUBMIT_DEFECTS } from './submit-defects.ts';
import { TRACKER_DEFECTS } from './tracker-defects.ts';
import { WRAPPER_DEFECTS } from './wrapper-defects.ts';

export const DEFECTS: readonly Defect[] = [
  ...SUBMIT_DEFECTS,
  ...LEDGER_DEFECTS,
  ...TRACKER_DEFECTS,
  ...STREAM_DEFECTS,
  ...OWNER_DEFECTS,
  ...WRAPPER_DEFECTS,
];
