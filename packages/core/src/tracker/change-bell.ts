/** Something that changes, and who waits for that. */
export class ChangeBell {
  /** Grows with every change. */
  version = 0;
  waiters: (() => void)[] | undefined = undefined;

  ring(): void {
    this.version += 1;
    const woken = this.waiters;
    this.waiters = undefined;
    if (woken) for (const wake of woken) wake();
  }
}
