import type { FakeScript } from './fake-options.ts';
import { toPlannedEnd } from './task-plan.ts';

const SCRIPT = [
  'ends',
  'queueSeconds',
  'runSeconds',
  'phases',
  'logs',
  'outputs',
  'usage',
  'restarts',
  'cancelSeconds',
] as const;
const KNOWN: readonly string[] = [...SCRIPT, 'id', 'name', 'capabilities', 'pageSize', 'backend'];

/** @throws TypeError for an option that there is not, one of the backend given beside it, or an end that is none */
export function requireFakeOptions(options: object): void {
  const { ends } = options as Pick<FakeScript, 'ends'>;
  if (ends !== undefined && typeof ends !== 'function') {
    for (const end of Array.isArray(ends) ? ends : [ends]) toPlannedEnd(end);
  }
  for (const field of Object.keys(options)) {
    if (!KNOWN.includes(field)) {
      throw new TypeError(`A fake has no option "${field}". Known are: ${KNOWN.join(', ')}.`);
    }
    if ('backend' in options && field !== 'backend' && field !== 'id') {
      throw new TypeError(`"${field}" is said where the backend is made: createFakeBackend({ ${field} }).`);
    }
  }
}
