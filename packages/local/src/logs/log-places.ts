import type { Attempt } from '@scijob/core/adapter';
import { toAttempt, toAttemptFolder, toRestart } from '../attempt.ts';
import { hasTaskEnded } from '../has-task-ended.ts';
import type { Home } from '../open-home.ts';
import { toTaskFolder } from '../part-paths.ts';
import { type PartRecord, parsePartRecord } from '../part-record.ts';
import { readAttempts } from '../read-attempts.ts';
import { parseRunningNote } from '../running-note.ts';
import { type LogFile, toLogFiles } from './log-files.ts';
import type { LogSource } from './log-sources.ts';

interface PartLook {
  readonly record: PartRecord | undefined;
  readonly isEnded: boolean;
  /** So many of its tasks have been started or will never be. */
  readonly begun: number;
}

/** Where the logs of a source lie and whether more can come. Looks at each part once. */
export class LogPlaces {
  readonly #home: Home;
  readonly #rank: number | undefined;
  readonly #attempt: Attempt | undefined;
  readonly #looks = new Map<string, Promise<PartLook>>();

  /** Only the files of one rank, or of one attempt. */
  constructor(home: Home, { rank, attempt }: { readonly rank?: number; readonly attempt?: Attempt }) {
    this.#home = home;
    this.#rank = rank;
    this.#attempt = attempt;
  }

  /** Attempt after attempt, the newest last. */
  async files(source: LogSource): Promise<readonly LogFile[]> {
    const { record } = await this.#look(source.part.token);
    const folder = await this.#folder(source);
    const before = record ? (await readAttempts(this.#home.client, record, folder)).before.length : 0;
    const files = Array.from({ length: before + 1 }, (_, restart) => {
      const attempt = toAttempt(source.part.submission, restart);
      return toLogFiles(toAttemptFolder(folder, attempt), attempt, record?.job.parallel);
    }).flat();
    return files.filter(
      ({ rank, attempt }) =>
        (this.#rank === undefined || rank === this.#rank) && (this.#attempt === undefined || attempt === this.#attempt),
    );
  }

  /** `skipped`: it ended without ever having had a folder. */
  async state(source: LogSource): Promise<'begun' | 'skipped' | 'waiting'> {
    if ((await this.#home.client.status(await this.#folder(source))) !== undefined) return 'begun';
    const { record, isEnded, begun } = await this.#look(source.part.token);
    if (isEnded) return 'skipped';
    // Tasks that wait each for one of another job start in any order: none holds up those behind it.
    if (record?.after?.some(({ condition }) => condition === 'aftercorr')) return 'begun';
    return source.position < begun ? 'skipped' : 'waiting';
  }

  /** Whether nothing more will be written. */
  async hasEnded(source: LogSource): Promise<boolean> {
    const { record, isEnded } = await this.#look(source.part.token);
    if (isEnded) return true;
    const folder = await this.#folder(source);
    if (!record) return false;
    if (this.#attempt !== undefined) {
      const newest = await readAttempts(this.#home.client, record, folder);
      if (toRestart(this.#attempt) < newest.before.length) return true;
    }
    return hasTaskEnded(this.#home.client, record, folder);
  }

  async #folder(source: LogSource): Promise<string> {
    const { record } = await this.#look(source.part.token);
    return toTaskFolder(this.#home.part(source.part.token).folder, source.index, record?.job.array?.count ?? 1);
  }

  #look(token: string): Promise<PartLook> {
    const known = this.#looks.get(token) ?? this.#read(token);
    this.#looks.set(token, known);
    return known;
  }

  async #read(token: string): Promise<PartLook> {
    const { client } = this.#home;
    const paths = this.#home.part(token);
    const text = await client.readText(paths.record);
    const isEnded = (await client.status(paths.ended)) !== undefined;
    const note = await client.readText(paths.running);
    return {
      record: text === undefined ? undefined : parsePartRecord(text),
      isEnded,
      begun: (note === undefined ? undefined : parseRunningNote(note))?.next ?? 0,
    };
  }
}
