import type { Ledger } from '../ledger/ledger.ts';
import type { Clock } from '../seam/clock.ts';
import { createDefaultLogger, silentLogger } from '../seam/default-logger.ts';
import type { Logger } from '../seam/logger.ts';
import { systemClock } from '../seam/system-clock.ts';
import { requireOptions } from '../util/require-options.ts';
import type { Adapters, Client } from './client.ts';
import { ScijobClient } from './scijob-client.ts';

export interface ClientOptions<A extends Adapters> {
  /** The backends, by the names that `on` takes. */
  readonly adapters: A;
  /**
   * Where submitted jobs are remembered: a directory, a ledger of `openLedger` (which the client then does not close),
   * or `'memory'` to forget them with this process.
   *
   * @default `ledger` in `$SCIJOB_HOME`, else in the per-user state folder
   */
  readonly ledger?: string | 'memory' | Ledger;
  /** A pino logger fits. @default pino, warnings and errors, to stderr */
  readonly logger?: Logger | false;
  /** @default the machine's own time */
  readonly clock?: Clock;
}

/**
 * A client of some backends. Makes nothing until it is first used: no file, no connection, no timer.
 *
 * @example
 * const client = createClient({ adapters: { laptop: createLocal() } });
 */
export function createClient<const A extends Adapters>(options: ClientOptions<A>): Client<A> {
  requireOptions(options, ['adapters', 'ledger', 'logger', 'clock'], 'createClient');
  const { adapters, ledger, logger, clock = systemClock } = options;
  if (typeof adapters !== 'object' || adapters === null || Object.keys(adapters).length === 0) {
    throw new TypeError('createClient() needs at least one adapter: `adapters: { laptop: createLocal() }`.');
  }
  for (const [name, adapter] of Object.entries(adapters)) {
    if (adapter?.specificationVersion !== 'v1') {
      throw new TypeError(
        `\`adapters.${name}\` is no adapter of specification "v1". Make it with a create… function of an adapter package.`,
      );
    }
  }
  const client: unknown = new ScijobClient<A>({
    adapters,
    clock,
    logger: logger === false ? silentLogger : (logger ?? createDefaultLogger()),
    ...(ledger === undefined ? {} : { ledger }),
  });
  return client as Client<A>;
}
