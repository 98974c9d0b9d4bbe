import { ClientClosedError } from '../errors/client-closed-error.ts';

export function closedWhileWaiting(): ClientClosedError {
  return new ClientClosedError('The client was closed while this was waiting. The job goes on.');
}
