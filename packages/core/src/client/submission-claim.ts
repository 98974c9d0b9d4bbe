/** The name under which one submission of a key is claimed, by one session for ever. */
export function submissionClaim(key: string, submission: number): string {
  return `${key}\0${submission}`;
}
