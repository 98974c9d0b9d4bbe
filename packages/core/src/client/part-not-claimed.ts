/** Another session is about to send the same: what it records is read before anything else is done. */
export class PartNotClaimed extends Error {
  constructor(key: string, what: string) {
    super(`Another session was quicker to claim ${what} of the job ${JSON.stringify(key)}.`);
    this.name = 'PartNotClaimed';
  }
}
