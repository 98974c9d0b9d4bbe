import { hasTaskEnded } from '../has-task-ended.ts';
import type { Home } from '../open-home.ts';
import { toTaskFolder } from '../part-paths.ts';
import { type PartRecord, parsePartRecord } from '../part-record.ts';
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
  readonly #looks = new Map<string, Promise<PartLook>>();

  /** `rank`: only that one's files. */
  constructor(home: Home, rank: number | undefined) {
    this.#home = home;
    this.#rank = rank;
  }

  async files(source: LogSource): Promise<readonly LogFile[]> {
    const { record } = await this.#look(source.part.token);
    const files = toLogFiles(await this.#folder(source), source.part.attempt, record?.job.parallel);
    return this.#rank === undefined ? files : files.filter(({ rank }) => rank === this.#rank);
  }

  /** `skipped`: it ended without ever having had a folder. */
  async state(source: LogSource): Promise<'begun' | 'skipped' | 'waiting'> {
    if ((await this.#home.client.status(await this.#folder(source))) !== undefined) return 'begun';
    const { isEnded, begun } = await this.#look(source.part.token);
    return isEnded || source.position < begun ? 'skipped' : 'waiting';
  }

  /** Whether nothing more will be written. */
  async hasEnded(source: LogSource): Promise<boolean> {
    if ((await this.#look(source.part.token)).isEnded) return true;
    return hasTaskEnded(this.#home.client, await this.#folder(source));
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
