/** Something that only the client which owns a job can do for it, and so needs that client to live. */
export type Duty = 'submit' | 'dependency' | 'retry' | 'fallback' | 'next-part' | 'queue-time-limit';
