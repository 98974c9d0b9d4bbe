import { type Enumeration, newEnumeration } from './crash-enumeration.fixture.ts';
import { recover } from './crash-recovery.fixture.ts';
import { type CrashStep, close } from './crash-scenario.fixture.ts';
import { CrashWorld, newWorld } from './crash-world.fixture.ts';

/**
 * Two processes on one machine; the first is killed at each moment it has, one after the other, while the second goes on and has
 * to come to its end. Then the world is judged as after any crash.
 */
export async function enumerateKills(first: readonly CrashStep[], second: readonly CrashStep[]): Promise<Enumeration> {
  const enumeration = newEnumeration();
  for (let index = 0; ; index += 1) {
    let seen = 0;
    let at = '';
    const victim = { isDead: false };
    const world = new CrashWorld(newWorld(), 'guard', ({ name, process }) => {
      if (process !== victim || victim.isDead) return;
      if (seen === index) {
        victim.isDead = true;
        at = name;
      }
      seen += 1;
    });
    const run = async (steps: readonly CrashStep[], process = { isDead: false }) => {
      const session = await world.openSession(process);
      for (const step of [...steps, close]) await step(session);
    };
    const firstEnds = Promise.race([run(first, victim), killed(victim)]);
    const broken: string[] = [];
    await world.drive(Promise.all([firstEnds, run(second)])).catch((error: unknown) => void broken.push(String(error)));
    // It came to its end unharmed: there is no such moment any more.
    if (!victim.isDead) return enumeration;
    enumeration.moments += 1;
    enumeration.variants += 1;
    enumeration.recovered += 1;
    enumeration.names.add(at);
    broken.push(...(await recover(world.state(), { submitOnce: 'guard' })));
    enumeration.broken.push(...broken.map((what) => `${index} ${at}, one of two processes is killed: ${what}`));
  }
}

async function killed(victim: { readonly isDead: boolean }): Promise<void> {
  while (!victim.isDead) await new Promise((resolve) => setImmediate(resolve));
}
