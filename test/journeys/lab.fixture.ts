import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyLedger } from '@scijob/core';
import { onTestFinished } from 'vitest';
import { LabBackend } from './lab-backend.fixture.ts';
import { LabProcess, type LabProcessOptions } from './lab-process.fixture.ts';

/** A backend and a ledger, and the processes that use them; all of it ends with the test. */
export class Lab {
  readonly backend: LabBackend;
  readonly home: string;
  readonly ledger: string;
  readonly url: string;
  readonly #processes = new Set<LabProcess>();

  constructor(backend: LabBackend, home: string, url: string) {
    this.backend = backend;
    this.home = home;
    this.ledger = join(home, 'ledger');
    this.url = url;
  }

  start(options: Partial<LabProcessOptions> = {}): LabProcess {
    const client = new LabProcess({ ledger: this.ledger, url: this.url, ...options });
    this.#processes.add(client);
    return client;
  }

  verify() {
    return verifyLedger(this.ledger);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#processes].map((client) => client.kill()));
    await this.backend.close();
    await rm(this.home, { recursive: true, force: true, maxRetries: 10 });
  }
}

export async function openLab(seed = 1): Promise<Lab> {
  const backend = new LabBackend(seed);
  const lab = new Lab(backend, await mkdtemp(join(tmpdir(), 'scijob-lab-')), await backend.start());
  onTestFinished(() => lab.close());
  return lab;
}
