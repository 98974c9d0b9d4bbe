import { RecordDamagedError } from '@scijob/core/wrapper';

/** A damaged record says nothing: as if it were not there, where that can do no harm. */
export function tolerant<T>(read: () => T | undefined): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof RecordDamagedError) return undefined;
    throw error;
  }
}
