import type { ArrayHandle, JobFailedError } from '@scijob/core';
import { Presets, SingleBar } from 'cli-progress';
import type { QuickstartOptions } from './parse-options.ts';

/** Follows an array to its end: a live bar on a terminal, plain lines elsewhere, the tasks' own lines on request. Returns the failures. */
export async function showProgress<Item, R>(
  array: ArrayHandle<Item, R>,
  { logs }: Pick<QuickstartOptions, 'logs'>,
): Promise<readonly JobFailedError[]> {
  const bar = process.stdout.isTTY && !logs ? startBar(array.count) : undefined;
  const printing = logs
    ? array.logs().forEach(({ child, text }) => console.log(`  task ${child}: ${text}`))
    : undefined;
  const failures: JobFailedError[] = [];
  let ended = 0;
  try {
    await array.results().forEach((child) => {
      ended += 1;
      if (child.state !== 'succeeded') failures.push(child.error);
      if (bar) bar.update(ended, { failed: failures.length });
      else console.log(`${ended}/${array.count} task ${child.index} ${child.state}`);
    });
    await printing;
  } finally {
    bar?.stop();
  }
  const status = await array.wait();
  console.log(`The screening ${status.state}.`);
  return failures;
}

function startBar(total: number): SingleBar {
  const bar = new SingleBar(
    { format: 'Tasks {bar} {value}/{total}  failed {failed}  {duration_formatted}' },
    Presets.shades_classic,
  );
  bar.start(total, 0, { failed: 0 });
  return bar;
}
