import { type Fault, onEach } from './fault.ts';
import { pick } from './seeded-random.ts';
import { always, type When } from './when.ts';

/** One bit of an artifact is another than it was. Found out by whoever checks the SHA-256 it was listed with. */
export function damagedBytes(when: When = always): Fault {
  return {
    name: `damaged bytes (${when.words})`,
    on: onEach('openArtifact', async (call) => {
      const bytes = await call.proceed();
      const [, { path, sizeBytes }, range] = call.arguments;
      const count = (range?.end ?? sizeBytes) - (range?.start ?? 0);
      if (count <= 0 || !call.hits(when)) return bytes;
      const damaged = pick(call.random, count);
      call.injected(`byte ${damaged} of ${path}`);
      let at = 0;
      return bytes.pipeThrough(
        new TransformStream<Uint8Array, Uint8Array>({
          transform: (chunk, controller) => {
            const copy = Uint8Array.from(chunk);
            const place = damaged - at;
            if (place >= 0 && place < copy.length) copy[place] = (copy[place] ?? 0) ^ 0b100;
            at += copy.length;
            controller.enqueue(copy);
          },
        }),
      );
    }),
  };
}
