// Run by `node --test`: see under-node-test.test.ts.
import { after, describe, it } from 'node:test';
import { conformance } from '@scijob/testing/conformance';
import { fakeSubjects } from '../fake-subjects.ts';

for (const subject of fakeSubjects) conformance(subject, { describe, it, after });
