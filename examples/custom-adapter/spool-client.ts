import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { cp, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import type { ArtifactInfo, Attempt, ByteRange, CallContext, LogLine, Part } from '@scijob/core/adapter';
import {
  FENCED,
  parseClaimRecord,
  parseEndRecord,
  parseOutputRecords,
  parseStartRecord,
  toArgumentFile,
  toFence,
  WRAPPER_TEXT,
} from '@scijob/core/wrapper';
import type { SpoolRecords } from './map-spool-state.ts';
import { type SpoolPart, toSpoolPart, toWrapperTask } from './to-wrapper-task.ts';

/** All that touches the disk and starts processes; everything around it is pure. */
export class SpoolClient {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Builds the folder of a part where nothing looks. Repeatable: an earlier try is replaced. */
  async prepare(part: Part): Promise<void> {
    const { job, key } = part;
    const staged = join(this.#directory, 'staged', key.token);
    await rm(staged, { recursive: true, force: true });
    await mkdir(join(staged, 'work'), { recursive: true, mode: 0o700 });
    for (const [path, source] of Object.entries(job.inputs)) {
      await cp(source, join(staged, 'work', path), { recursive: true }).catch((cause: unknown) => {
        throw new Error(`The input ${JSON.stringify(path)} cannot be copied from ${source}. Check the path.`, {
          cause,
        });
      });
    }
    if (job.script) await writeFile(join(staged, 'script'), job.script.text);
    const secrets = Object.fromEntries(
      Object.entries(job.secrets).map(([name, reference]) => [name, process.env[reference.slice('env:'.length)] ?? '']),
    );
    const task = toWrapperTask(part, this.#folder(key.token), secrets);
    // Secrets stand in no file but this one.
    await writeFile(join(staged, 'arguments'), toArgumentFile(task), { mode: 0o600 });
    await writeFile(join(staged, 'wrapper'), WRAPPER_TEXT);
    await writeFile(join(staged, 'part.json'), JSON.stringify(toSpoolPart(part)));
  }

  /** Puts a prepared part in its place and starts its wrapper; `false` when there is none, or nobody may run it. */
  async start(token: string, context: CallContext): Promise<boolean> {
    const folder = this.#folder(token);
    await mkdir(join(this.#directory, 'jobs'), { recursive: true, mode: 0o700 });
    // Fails where it is there already, from an earlier submit or a fence: then what is there decides.
    await rename(join(this.#directory, 'staged', token), folder).catch(() => {});
    if (!(await this.readPart(token))) return false;
    for (let tries = 0; tries < 500; tries += 1) {
      const claim = await this.#read(token, 'claim', parseClaimRecord);
      if (claim) return claim.nativeId !== FENCED;
      if (tries === 0) {
        const child = spawn('sh', [join(folder, 'wrapper'), join(folder, 'arguments')], {
          cwd: folder,
          detached: true,
          stdio: 'ignore',
        });
        child.on('error', () => {});
        child.unref();
      }
      await context.pause(10);
    }
    throw new Error(`The wrapper in ${folder} did not claim its task within 5 s.`);
  }

  /** Claims a part for nobody. `false` when somebody has it. */
  async fence(token: string): Promise<boolean> {
    const folder = this.#folder(token);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    try {
      await writeFile(join(folder, 'claim'), toFence(), { flag: 'wx' });
      return true;
    } catch {
      return (await this.#read(token, 'claim', parseClaimRecord))?.nativeId === FENCED;
    }
  }

  async readPart(token: string): Promise<SpoolPart | undefined> {
    return this.#read(token, 'part.json', (text) => JSON.parse(text) as SpoolPart);
  }

  async readRecords(token: string, context: CallContext): Promise<SpoolRecords> {
    const claim = await this.#read(token, 'claim', parseClaimRecord);
    const start = await this.#read(token, 'start', parseStartRecord);
    let end = await this.#read(token, 'end', parseEndRecord);
    const looksGone = !end && claim !== undefined && claim.nativeId !== FENCED && !isRunning(claim.process.pid);
    if (looksGone) {
      // The record may have been written in this very moment.
      await context.pause(2_000);
      end = await this.#read(token, 'end', parseEndRecord);
    }
    const names = Object.entries({ claim, start, end }).flatMap(([name, record]) => (record ? [name] : []));
    return { claim, start, end, isGone: looksGone && !end, names };
  }

  /** What the command printed: first all of stdout, then all of stderr. */
  async readLines(token: string, attempt: Attempt): Promise<readonly LogLine[]> {
    const lines: LogLine[] = [];
    for (const stream of ['stdout', 'stderr'] as const) {
      const text = (await this.#read(token, `${stream}.${attempt}`, (content) => content)) ?? '';
      if (text === '') continue;
      for (const line of text.replace(/\n$/, '').split('\n')) {
        lines.push({ text: line.replace(/\r$/, ''), stream, attempt });
      }
    }
    return lines;
  }

  /** The declared outputs its wrapper found; `undefined` before the end. */
  async listOutputs(token: string): Promise<readonly ArtifactInfo[] | undefined> {
    if (!(await this.#read(token, 'end', parseEndRecord))) return undefined;
    const found = (await this.#read(token, 'outputs', parseOutputRecords)) ?? [];
    return Promise.all(
      found.map(async ({ path, sha256 }) => {
        const file = join(this.#folder(token), 'work', path);
        const { size, mtime, ino } = await stat(file);
        const version = `${ino}-${mtime.getTime()}-${size}`;
        const uri = pathToFileURL(file).href;
        return { path, uri, sizeBytes: size, version, modifiedAt: mtime, ...(sha256 !== undefined && { sha256 }) };
      }),
    );
  }

  open({ uri }: ArtifactInfo, range: ByteRange | undefined): Readable {
    if (range && range.end <= range.start) return Readable.from([]);
    return createReadStream(new URL(uri), range && { start: range.start, end: range.end - 1 });
  }

  #folder(token: string): string {
    if (!/^[a-z0-9]{1,64}$/.test(token)) throw new TypeError(`${JSON.stringify(token)} is no id of the spool.`);
    return join(this.#directory, 'jobs', token);
  }

  /** `undefined` for a file that is not there. */
  async #read<Value>(token: string, name: string, parse: (text: string) => Value): Promise<Value | undefined> {
    try {
      return parse(await readFile(join(this.#folder(token), name), 'utf8'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }
}

/** A pid that was handed out again keeps the job live, not ended: the mistake that does no harm. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
