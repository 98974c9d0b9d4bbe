import { OutputError } from '../errors/output-error.ts';
import { type OutputPlace, parseOutputPlace } from '../ids/output-place.ts';
import type { Artifact } from '../job/artifact.ts';
import { checkSchema } from '../job/check-schema.ts';
import { outputMatcher } from '../job/output-matcher.ts';
import type { Schema } from '../job/schema.ts';
import { artifacts } from '../streams/artifact-stream.ts';
import type { Subject } from '../tracker/subject.ts';
import { printable } from '../util/printable.ts';

export type OutputSchemas = Readonly<Record<string, Schema<unknown>>>;

/** The declared outputs of a job that succeeded, by name: an artifact, a list, or the parsed value. */
export async function collectOutputs(
  subject: Subject,
  schemas: OutputSchemas | undefined,
  signal: AbortSignal | undefined,
): Promise<Record<string, unknown>> {
  const places = Object.entries(subject.ref.places);
  const outputs: Record<string, unknown> = {};
  if (places.length === 0) return outputs;
  const listed: Artifact[] = [];
  for await (const artifact of artifacts(subject, signal ? { signal } : {})) listed.push(artifact);
  for (const [name, text] of places) {
    const place = parseOutputPlace(text);
    if (place) outputs[name] = await outputOf(name, place, listed, schemas?.[name], signal);
  }
  return outputs;
}

async function outputOf(
  name: string,
  place: OutputPlace,
  listed: readonly Artifact[],
  schema: Schema<unknown> | undefined,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const matches = await outputMatcher(place);
  const found = listed.filter(({ path }) => matches(path));
  if (found.length === 0 && !place.optional) {
    throw new OutputError(
      `The job succeeded, but its output "${name}" is not there: nothing matches ${JSON.stringify(place.path)}. ` +
        'It may have been removed since; if the job need not leave it, declare it `{ optional: true }`.',
    );
  }
  if (place.type === 'files') return found;
  const [artifact] = found;
  if (place.type === 'file' || artifact === undefined) return artifact;
  return parsed(name, artifact, schema, signal);
}

async function parsed(
  name: string,
  artifact: Artifact,
  schema: Schema<unknown> | undefined,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  const text = await artifact.text(signal ? { signal } : {});
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new OutputError(printable(`The output "${name}" (${artifact.path}) is no JSON: ${String(cause)}.`), {
      cause,
    });
  }
  if (!schema) return value;
  const { value: checked, issues } = checkSchema(schema, value);
  if (issues.length === 0) return checked;
  throw new OutputError(
    printable(`The output "${name}" (${artifact.path}) does not fit its schema: ${issues.join('; ')}.`),
  );
}
