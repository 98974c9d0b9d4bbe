import { type FileHandle, open } from 'node:fs/promises';

/** The least there is to group commit: one write and one sync for all that waits. */
export class BareGroupCommit {
  readonly #file: FileHandle;
  #waiting: { readonly line: Buffer; readonly resolve: () => void }[] = [];
  #running = false;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  static async create(path: string): Promise<BareGroupCommit> {
    return new BareGroupCommit(await open(path, 'wx'));
  }

  append(line: Buffer): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ line, resolve });
      if (!this.#running) void this.#run();
    });
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #run(): Promise<void> {
    this.#running = true;
    await null;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      await this.#file.write(Buffer.concat(batch.map(({ line }) => line)));
      await this.#file.datasync();
      for (const { resolve } of batch) resolve();
    }
    this.#running = false;
  }
}
