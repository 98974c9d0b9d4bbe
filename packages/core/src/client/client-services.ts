import { UnsupportedError } from '../errors/unsupported-error.ts';
import type { HandleServices } from '../handle/handle-services.ts';
import type { AttemptRecord } from '../handle/job-handle.ts';
import type { JobRef } from '../ids/job-ref.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { ResolvedJob } from '../seam/resolved-job.ts';
import type { Json } from '../util/json.ts';
import { parseFinalStatus } from './job-history-ref.ts';
import { readResolvedText } from './read-resolved.ts';

/** What handles ask of the ledger. Nothing here fails because the ledger never heard of a job. */
export function clientServices(open: () => Promise<Ledger>): HandleServices {
  const readJob = async (ref: JobRef): Promise<ResolvedJob | undefined> => {
    const ledger = await open();
    const intent = (await ledger.readJob(ref.key))?.intents.at(-1);
    const text = intent && (await readResolvedText(ledger, intent));
    return text === undefined ? undefined : (JSON.parse(text) as ResolvedJob);
  };
  return {
    readJob,
    recordCancel: async ({ key }, reason, child) => {
      const ledger = await open();
      await ledger.append({ type: 'cancel', key, reason, ...(child === undefined ? {} : { children: [child] }) });
    },
    readAttempts: async (ref) => {
      const history = await (await open()).readJob(ref.key);
      const requested = (await readJob(ref))?.resources ?? {};
      return (history?.ends ?? []).map((end): AttemptRecord => {
        const number = Number(end.attempt.split('.')[0]);
        const nativeId = ref.submissions.find((submission) => submission.number === number)?.parts[0]?.nativeId;
        return {
          attempt: end.attempt,
          status: parseFinalStatus(end.status),
          usage: end.usage ?? { requested, quality: 'requested-only' },
          ...(nativeId === undefined ? {} : { nativeId }),
        };
      });
    },
    readItems: async (ref) => {
      const ledger = await open();
      const manifest = (await ledger.readJob(ref.key))?.intents.at(-1)?.manifest;
      return manifest === undefined ? [] : itemsOf(ledger.openPayload(manifest));
    },
    rerun: async () => {
      throw new UnsupportedError('rerun() is not there yet: submit the same job again, with another key or none.');
    },
  };
}

async function itemsOf(manifest: ReadableStream<Uint8Array>): Promise<readonly Json[]> {
  const items: Json[] = [];
  const add = (line: string) => items.push((JSON.parse(line) as { readonly item: Json }).item);
  let rest = '';
  for await (const text of manifest.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) add(line);
  }
  if (rest !== '') add(rest);
  return items;
}
