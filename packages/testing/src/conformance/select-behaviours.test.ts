import { describe, expect, it } from 'vitest';
import { createFakeAdapter } from '../fake/create-fake-adapter.ts';
import { judge } from './select-behaviours.ts';
import type { ConformanceSubject } from './subject.ts';

const ALL_ON = createFakeAdapter().capabilities;

function aSubject(changes: Partial<ConformanceSubject> = {}): ConformanceSubject {
  return {
    name: 'a subject',
    capabilities: ALL_ON,
    create: () => {
      throw new Error('nothing is made to decide what is asked');
    },
    ...changes,
  };
}

describe('a behaviour', () => {
  it('runs where the capability it is about is on, and is off elsewhere', () => {
    const without = aSubject({ capabilities: { ...ALL_ON, arrays: false } });
    expect(judge({ given: ['arrays'] }, aSubject())).toEqual({ type: 'runs' });
    expect(judge({ given: ['commands', 'arrays'] }, without)).toEqual({ type: 'off' });
  });

  it('that counters one runs just where that one does not', () => {
    const without = aSubject({ capabilities: { ...ALL_ON, arrays: false } });
    expect(judge({ without: 'arrays' }, aSubject())).toEqual({ type: 'off' });
    expect(judge({ without: 'arrays' }, without)).toEqual({ type: 'runs' });
  });

  it('is not run, and says why, where the environment lacks what it needs', () => {
    expect(judge({ needs: ['second', 'created'] }, aSubject({ created: () => 0 }))).toEqual({
      type: 'not-run',
      needs: ['second'],
    });
    expect(judge({ needs: ['programs'] }, aSubject({ programs: 'scripted' }))).toEqual({
      type: 'not-run',
      needs: ['programs'],
    });
    expect(judge({ needs: ['programs'] }, aSubject())).toEqual({ type: 'runs' });
  });

  it('that is off is not counted as not run', () => {
    const bare = aSubject({ capabilities: { ...ALL_ON, arrays: false } });
    expect(judge({ given: ['arrays'], needs: ['second'] }, bare)).toEqual({ type: 'off' });
  });
});
