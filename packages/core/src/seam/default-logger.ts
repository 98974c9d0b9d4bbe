import type { Logger } from './logger.ts';

/** pino at `warn` to stderr, loaded at the first line worth printing: most runs never pay for it. */
export function createDefaultLogger(): Logger {
  let loaded: Promise<{ readonly logger: Logger }> | undefined;
  const write = (level: 'warn' | 'error') => (fields: object, message: string) => {
    loaded ??= loadPino();
    void loaded.then(({ logger }) => logger[level](fields, message));
  };
  return { debug: nothing, info: nothing, warn: write('warn'), error: write('error') };
}

export const silentLogger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };

function nothing(): void {}

async function loadPino(): Promise<{ readonly logger: Logger }> {
  const { pino } = await import('pino');
  return { logger: pino({ name: 'scijob', level: 'warn' }, pino.destination({ fd: 2, sync: true })) };
}
