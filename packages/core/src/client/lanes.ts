import { UnknownAdapterError } from '../errors/unknown-adapter-error.ts';
import { WrongTargetError } from '../errors/wrong-target-error.ts';
import type { Attempt } from '../ids/attempt.ts';
import type { Target } from '../ids/target.ts';
import type { Clock } from '../seam/clock.ts';
import type { Logger } from '../seam/logger.ts';
import { AdapterSlot } from '../tracker/adapter-slot.ts';
import type { TrackedJob } from '../tracker/tracked-job.ts';
import type { OnEnd } from '../tracker/tracker.ts';
import type { Json } from '../util/json.ts';
import type { Adapters } from './client.ts';
import { FindBatcher } from './find-batcher.ts';
import { SubmitBatcher } from './submit-batcher.ts';

/** One adapter of a client with what gathers the submits to it. */
export interface Lane {
  readonly slot: AdapterSlot;
  readonly batcher: SubmitBatcher;
  readonly finder: FindBatcher;
}

export interface LanesOptions {
  readonly adapters: Adapters;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onEnd: OnEnd;
  readonly onAttempt: (job: TrackedJob, attempt: Attempt, evidence: Json) => void;
}

/** The adapters of a client, chosen by name for a submit and by target for a ref. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();

  constructor({ adapters, clock, logger, onEnd, onAttempt }: LanesOptions) {
    for (const [name, adapter] of Object.entries(adapters)) {
      const slot = new AdapterSlot({ name, adapter, clock, logger, onEnd, onAttempt });
      this.#lanes.set(name, { slot, batcher: new SubmitBatcher(slot), finder: new FindBatcher(slot) });
    }
  }

  /** @throws UnknownAdapterError naming those there are */
  choose(on: string | undefined, jobName: string): Lane {
    const names = [...this.#lanes.keys()];
    if (on === undefined && names.length > 1) {
      throw new UnknownAdapterError(
        `This client has several adapters: say which with \`on\`, one of ${names.join(', ')}.`,
      );
    }
    const lane = this.#lanes.get(on ?? names[0] ?? '');
    if (lane) return lane;
    throw new UnknownAdapterError(
      `This client has no adapter ${JSON.stringify(on)} for the job "${jobName}". It has: ${names.join(', ')}.`,
    );
  }

  /** The adapter that reaches a target, whatever it is called here. @throws WrongTargetError naming where the others lead */
  async reaching(target: Target, signal?: AbortSignal): Promise<Lane> {
    const others: string[] = [];
    for (const lane of this.#lanes.values()) {
      const { slot } = lane;
      if (slot.adapter.id !== target.adapter) continue;
      const own = await slot.target(signal);
      if (own.id === target.id) return lane;
      others.push(`"${slot.name}" reaches ${described(own)}`);
    }
    const names = [...this.#lanes.keys()].join(', ');
    throw new WrongTargetError(
      `This job is on ${target.adapter} (${described(target)}), which no adapter of this client reaches` +
        `${others.length > 0 ? `: ${others.join('; ')}` : `; it has: ${names}`}.`,
    );
  }

  async close(): Promise<void> {
    const closed = await Promise.allSettled([...this.#lanes.values()].map(({ slot }) => slot.close()));
    const errors = closed.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    if (errors.length > 0) throw new AggregateError(errors, 'Not every adapter could be closed.');
  }
}

function described({ id, describe }: Target): string {
  const words = Object.entries(describe).map(([field, value]) => `${field} ${value}`);
  return words.length > 0 ? words.join(', ') : id;
}
