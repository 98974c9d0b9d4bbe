// Run by `node --test`: see under-node-test.test.ts.
import { after, describe, it } from 'node:test';
import { conformance } from '@scijob/testing/conformance';
import { localSubject } from '../local-subject.ts';

conformance(localSubject, { describe: (name, body) => describe(name, { concurrency: 8 }, body), it, after });
