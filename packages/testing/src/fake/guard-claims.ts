/** In place of a native id: nobody may run this submission any more. */
export const FENCED = 'fenced';

/** Who may run the science of a submission: as the wrapper's claim files, one per token, taken once and for ever. */
export class GuardClaims {
  readonly #holders = new Map<string, string>();

  /** Takes the claim if it is free. Returns who has it. */
  claim(token: string, holder: string): string {
    const present = this.#holders.get(token);
    if (present !== undefined) return present;
    this.#holders.set(token, holder);
    return holder;
  }

  holder(token: string): string | undefined {
    return this.#holders.get(token);
  }
}
