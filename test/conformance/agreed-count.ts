import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConformanceCount } from '@scijob/testing/conformance';
import { expect, it } from 'vitest';

/** How much of the contract was tried on a subject when this was last agreed on. */
interface AgreedCount {
  /** Behaviours and counter-behaviours that held. A capability that is turned on moves one from the second to the first. */
  readonly held: number;
  readonly notRun: number;
}

const AGREED: Readonly<Record<string, AgreedCount>> = JSON.parse(
  readFileSync(join(import.meta.dirname, 'agreed-counts.json'), 'utf8'),
);

/** A test, after those of the suite: no fewer behaviours than were agreed on, and no more that could not run. */
export function itKeepsTheAgreedCount(name: string, count: ConformanceCount): void {
  it(`${name} was tried as far as was agreed`, () => {
    expect(toAgreed(count)).toSatisfy(
      (now: AgreedCount) => isNoLess(now, AGREED[name]),
      `agreed was ${JSON.stringify(AGREED[name])}: see agreed-counts.json`,
    );
  });
}

export function isNoLess(now: AgreedCount, agreed: AgreedCount | undefined): boolean {
  return agreed !== undefined && now.held >= agreed.held && now.notRun <= agreed.notRun;
}

function toAgreed({ behaviours, counterBehaviours, notRun }: ConformanceCount): AgreedCount {
  return { held: behaviours.length + counterBehaviours.length, notRun: notRun.length };
}

/** What was agreed on, for who counts in another process. */
export function agreedCount(name: string): AgreedCount | undefined {
  return AGREED[name];
}
