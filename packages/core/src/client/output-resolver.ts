import { UnsupportedError } from '../errors/unsupported-error.ts';
import type { ArrayHandle, JobHandle } from '../handle/job-handle.ts';
import type { TaskRange } from '../ids/job-ref.ts';
import { type OutputPlace, parseOutputPlace } from '../ids/output-place.ts';
import { hasTask } from '../ids/task-ranges.ts';
import type { Artifact } from '../job/artifact.ts';
import { outputMatcher } from '../job/output-matcher.ts';
import type { RecordedDependency } from '../ledger/ledger-record.ts';
import { decodeRef } from '../seam/encode-ref.ts';
import type { ManifestLine } from '../seam/resolved-job.ts';
import { isOutputSource, type OutputSource, parseOutputSource } from './output-source.ts';
import { resolveSource } from './resolve-job.ts';

export type AttachAny = (ref: string) => Promise<JobHandle<unknown> | ArrayHandle<unknown, unknown>>;

interface Producer {
  readonly places: Readonly<Record<string, string>>;
  /** What each task left; a single job's under `undefined`. */
  readonly artifacts: ReadonlyMap<number | undefined, readonly Artifact[]>;
}

/** Turns inputs that are outputs of other jobs into paths and URLs, once those jobs have succeeded. Each is listed once. */
export class OutputResolver {
  readonly #attach: AttachAny;
  readonly #refs = new Map<string, string>();
  readonly #producers = new Map<string, Promise<Producer>>();

  constructor(attach: AttachAny, dependencies: readonly RecordedDependency[]) {
    this.#attach = attach;
    for (const { ref } of dependencies) this.#refs.set(decodeRef(ref).key, ref);
  }

  async inputs(given: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>>> {
    if (!Object.values(given).some(isOutputSource)) return given;
    const resolved: Record<string, string> = {};
    for (const [path, source] of Object.entries(given)) {
      const output = parseOutputSource(source);
      if (output) Object.assign(resolved, await this.#sources(path, output));
      else resolved[path] = source;
    }
    return resolved;
  }

  /** Lists again what was left: an array that still runs has left more. */
  forget(): void {
    this.#producers.clear();
  }

  /** A manifest with the inputs of these items resolved. Those of the others may not be there yet, and are not read. */
  async *manifest(
    lines: AsyncIterable<ManifestLine>,
    tasks: readonly TaskRange[],
  ): AsyncGenerator<string, void, undefined> {
    let index = -1;
    for await (const line of lines) {
      index += 1;
      const { inputs = {} } = line;
      if (!hasTask(tasks, index)) {
        yield `${JSON.stringify(line)}\n`;
        continue;
      }
      const removed = Object.entries(inputs).filter(([, source]) => source === null);
      const given = Object.entries(inputs).filter((entry): entry is [string, string] => entry[1] !== null);
      const resolved = await this.inputs(Object.fromEntries(given));
      const all = { ...Object.fromEntries(removed), ...resolved };
      yield `${JSON.stringify(Object.keys(inputs).length > 0 ? { ...line, inputs: all } : line)}\n`;
    }
  }

  /** The files behind an output: one lies at `path`, those of a pattern lie below it. */
  async #sources(path: string, { key, child, output }: OutputSource): Promise<Record<string, string>> {
    const producer = await this.#producer(key);
    const place = parseOutputPlace(producer.places[output] ?? '');
    const found = place ? await matching(place, producer.artifacts.get(child) ?? []) : [];
    if (place?.type === 'files') {
      const folder = path === '.' ? '' : `${path}/`;
      return Object.fromEntries(found.map((one) => [`${folder}${one.path}`, resolveSource(one.uri, '/')]));
    }
    const [artifact] = found;
    if (artifact) return { [path]: resolveSource(artifact.uri, '/') };
    if (place?.optional) return {};
    throw new UnsupportedError(
      `The input ${JSON.stringify(path)} is the output "${output}" of the job ${JSON.stringify(key)}, which did not leave it.`,
    );
  }

  #producer(key: string): Promise<Producer> {
    const known = this.#producers.get(key);
    if (known) return known;
    const listing = this.#list(key);
    this.#producers.set(key, listing);
    listing.catch(() => this.#producers.delete(key));
    return listing;
  }

  async #list(key: string): Promise<Producer> {
    const ref = this.#refs.get(key);
    if (ref === undefined) {
      throw new UnsupportedError(`An input is an output of the job ${JSON.stringify(key)}, whose ref is not recorded.`);
    }
    const artifacts = new Map<number | undefined, Artifact[]>();
    for await (const artifact of (await this.#attach(ref)).artifacts({ follow: false })) {
      const child = typeof artifact.child === 'number' ? artifact.child : undefined;
      const list = artifacts.get(child);
      if (list) list.push(artifact);
      else artifacts.set(child, [artifact]);
    }
    return { places: decodeRef(ref).places, artifacts };
  }
}

async function matching(place: OutputPlace, artifacts: readonly Artifact[]): Promise<readonly Artifact[]> {
  const matches = await outputMatcher(place);
  return artifacts.filter(({ path }) => matches(path));
}
