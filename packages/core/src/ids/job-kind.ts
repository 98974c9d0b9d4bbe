/** What kind of work a job is. A script is a command whose program travels with it. */
export type JobKind = 'command' | 'workflow';
