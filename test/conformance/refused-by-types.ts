// What is off is refused before anything runs, where types can say it. Compiled, never run.
import { CommandJob, createClient, WorkflowJob } from '@scijob/core';
import { createLocal } from '@scijob/local';
import { createFakeAdapter } from '@scijob/testing';

const command = new CommandJob({ name: 'true', command: ['true'] });
const workflow = new WorkflowJob({ name: 'variants', workflow: { id: '1234567' }, parameters: {} });

export async function refusedByTypes(): Promise<void> {
  const local = createClient({ adapters: { here: createLocal() } });
  await local.submit(command);
  // @ts-expect-error this adapter runs no workflows
  await local.submit(workflow);
  // @ts-expect-error nor may several be mapped
  await local.map([1, 2], workflow);
  // @ts-expect-error a typo in a native option
  await local.submit(command, { native: { nise: 10 } });

  const two = createClient({ adapters: { here: createLocal(), anywhere: createFakeAdapter() } });
  await two.submit(workflow, { on: 'anywhere' });
  // @ts-expect-error `on` takes only the names of adapters that run workflows
  await two.submit(workflow, { on: 'here' });
  // @ts-expect-error with two adapters, one is to be named
  await two.submit(command);
}
