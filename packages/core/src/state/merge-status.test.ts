import { describe, expect, it } from 'vitest';
import type { Attempt } from '../ids/attempt.ts';
import type { JobStatus } from './job-status.ts';
import { mergeStatus } from './merge-status.ts';

const at = new Date(0);
const live = (
  state: 'queued' | 'held' | 'running' | 'suspended' | 'cancelling',
  attempt: Attempt = '1.0',
): JobStatus => ({ state, attempt, at });
const ended = (state: 'failed' | 'lost' | 'cancelled', attempt: Attempt = '1.0'): JobStatus => ({
  state,
  attempt,
  at,
  reason: 'unknown',
  message: 'x',
});
const succeeded: JobStatus = { state: 'succeeded', attempt: '1.0', at, exitCode: 0 };

describe('mergeStatus', () => {
  it('never goes back within an attempt', () => {
    expect(mergeStatus(live('running'), live('queued')).state).toBe('running');
    expect(mergeStatus(succeeded, live('running'))).toBe(succeeded);
    expect(mergeStatus(succeeded, ended('failed'))).toBe(succeeded);
  });

  it('goes to and fro between states of one rank', () => {
    expect(mergeStatus(live('queued'), live('held')).state).toBe('held');
    expect(mergeStatus(live('suspended'), live('running')).state).toBe('running');
  });

  it('lets a later attempt reopen a job, and an earlier one change nothing', () => {
    expect(mergeStatus(ended('failed', '1.0'), live('queued', '1.1')).state).toBe('queued');
    expect(mergeStatus(live('queued', '2.0'), ended('failed', '1.9')).state).toBe('queued');
    expect(mergeStatus(live('queued', '1.10'), live('running', '1.9')).attempt).toBe('1.10');
  });

  it('lets later evidence correct what was lost', () => {
    expect(mergeStatus(ended('lost'), succeeded)).toBe(succeeded);
    expect(mergeStatus(ended('lost'), live('running')).state).toBe('running');
  });

  it('keeps a job that was asked to stop at cancelling until it has ended', () => {
    expect(mergeStatus(live('cancelling'), live('running')).state).toBe('cancelling');
    expect(mergeStatus(live('cancelling'), succeeded)).toBe(succeeded);
  });

  it('gives back the very same status when nothing is new', () => {
    const known = live('running');
    expect(mergeStatus(known, { ...known, at: new Date(1) })).toBe(known);
  });
});
