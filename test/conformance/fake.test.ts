import { conformance } from '@scijob/testing/conformance';
import { afterAll, describe, it } from 'vitest';
import { itKeepsTheAgreedCount } from './agreed-count.ts';
import { fakeSubjects } from './fake-subjects.ts';

for (const subject of fakeSubjects) {
  const count = conformance(subject, { describe, it, after: afterAll });
  itKeepsTheAgreedCount(subject.name, count);
}
