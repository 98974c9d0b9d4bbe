import { describe, expect, it } from 'vitest';
import { CHAPTERS } from './behaviour-list.ts';
import { CAPABILITIES, type Capability } from './capability.ts';
import { describeBehaviours } from './describe-behaviours.ts';

const all = CHAPTERS.flatMap(({ behaviours }) => behaviours);
/** Which of several ways, not on or off: each way has behaviours of its own. */
const WAYS: readonly Capability[] = ['guard', 'token'];
/** Off means that another does it, or that it is accepted and never needed. */
const DONE_BY_OTHERS: readonly Capability[] = ['native maxConcurrent', 'native retry.preempted'];

describe('the contract', () => {
  it('has at least eighty behaviours', () => {
    expect(all.filter(({ without }) => without === undefined).length).toBeGreaterThanOrEqual(80);
  });

  it('names each behaviour once, with an id that may stand in a report', () => {
    const ids = all.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))).toEqual([]);
  });

  it('says in a sentence what holds, and where it comes from', () => {
    expect(all.filter(({ title }) => title.length < 15 || /[.]$/.test(title))).toEqual([]);
    expect(all.filter(({ rule }) => !/^(R\d|I\d|DESIGN §|seam|peers §|failure )/.test(rule))).toEqual([]);
  });

  it('says for each capability that may be off what happens then', () => {
    const given = new Set(all.flatMap((one) => one.given ?? []));
    const without = new Set(all.flatMap((one) => (one.without === undefined ? [] : [one.without])));
    expect([...given].filter((one) => ![...without, ...WAYS, ...DONE_BY_OTHERS].includes(one))).toEqual([]);
  });

  it('asks for every capability it knows', () => {
    const asked = new Set(
      all.flatMap((one) => [...(one.given ?? []), ...(one.without === undefined ? [] : [one.without])]),
    );
    expect(Object.keys(CAPABILITIES).filter((one) => !asked.has(one as Capability))).toEqual([]);
  });

  it('is told as data, without what runs', () => {
    const told = describeBehaviours();
    expect(told.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
    expect(JSON.parse(JSON.stringify(told))).toEqual(told);
  });
});
