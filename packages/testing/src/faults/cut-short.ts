import { type Fault, onEach } from './fault.ts';
import { pick } from './seeded-random.ts';
import { always, type When } from './when.ts';

/**
 * An artifact ends before its end, as a body does whose connection was closed. Found out by whoever counts.
 * `ending: 'stalls'`: it does not end either, the rest never comes.
 */
export function cutShort(
  when: When = always,
  {
    ending = 'ends',
  }: {
    readonly ending?: 'ends' | 'stalls';
  } = {},
): Fault {
  return {
    name: `cut short, ${ending} (${when.words})`,
    on: onEach('openArtifact', async (call) => {
      const bytes = await call.proceed();
      const [, { path, sizeBytes }, range] = call.arguments;
      const count = (range?.end ?? sizeBytes) - (range?.start ?? 0);
      if (count <= 0 || !call.hits(when)) return bytes;
      const kept = pick(call.random, count);
      call.injected(`${kept} of ${count} bytes of ${path}, then it ${ending}`);
      return cutAfter(bytes, kept, ending);
    }),
  };
}

function cutAfter(
  bytes: ReadableStream<Uint8Array>,
  count: number,
  ending: 'ends' | 'stalls',
): ReadableStream<Uint8Array> {
  const reader = bytes.getReader();
  let left = count;
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { value, done } = left > 0 ? await reader.read() : { value: undefined, done: true };
        const chunk = value?.subarray(0, left);
        left -= chunk?.length ?? 0;
        if (chunk && chunk.length > 0) controller.enqueue(chunk);
        if (!done && left > 0) return;
        await reader.cancel();
        if (ending === 'ends') controller.close();
        // Nothing more ever happens: the consumer has a deadline, or hangs.
        else await new Promise(() => {});
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}
