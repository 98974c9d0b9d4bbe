import { readFile, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { jsonSchemas } from './json-schema.fixture.ts';

for (const [name, text] of Object.entries(jsonSchemas)) {
  it(`publishes the JSON Schema of a ${name} that the validation uses (UPDATE_SCHEMA=1 rewrites it)`, async () => {
    const path = new URL(`../../schema/${name}.schema.json`, import.meta.url);
    if (process.env['UPDATE_SCHEMA']) await writeFile(path, text);
    expect(await readFile(path, 'utf8')).toBe(text);
  });
}
