export type { ManualClock } from './manual-clock.ts';
