import { conformance } from '@scijob/testing/conformance';
import { afterAll, describe, it, vi } from 'vitest';
import { itKeepsTheAgreedCount } from './agreed-count.ts';
import { localSubject } from './local-subject.ts';

// Each behaviour has a directory and a runner of its own, and mostly waits.
vi.setConfig({ testTimeout: 120_000, maxConcurrency: 8 });

const count = conformance(localSubject, { describe, it: it.concurrent, after: afterAll });
itKeepsTheAgreedCount(localSubject.name, count);
