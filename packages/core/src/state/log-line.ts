import type { Attempt } from '../ids/attempt.ts';

export interface LogLine {
  /** Without its line end. Bytes that are no UTF-8 are shown as U+FFFD. */
  readonly text: string;
  readonly stream: 'stdout' | 'stderr' | 'engine' | 'system';
  readonly at?: Date;
  readonly attempt: Attempt;
  /** Appeared behind lines already delivered. */
  readonly late?: true;
}
