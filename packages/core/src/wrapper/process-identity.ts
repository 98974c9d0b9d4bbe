import type { RecordFields } from './record-fields.ts';

/** Which process, beyond doubt: a pid comes back, the three together do not. */
export interface ProcessIdentity {
  /** `-` where the system does not say. */
  readonly bootId: string;
  readonly pid: number;
  /** Field 22 of `/proc/<pid>/stat`; `-` where there is none. */
  readonly startTime: string;
}

export function parseProcessIdentity(fields: RecordFields): ProcessIdentity {
  return {
    bootId: fields.matching('boot', /^[0-9A-Za-z-]{1,64}$/),
    pid: fields.integer('pid'),
    startTime: fields.matching('birth', /^(?:\d{1,20}|-)$/),
  };
}
