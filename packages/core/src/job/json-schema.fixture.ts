import { toJsonSchema } from '@valibot/to-json-schema';
import { commandSpecSchema, workflowSpecSchema } from './job-schema.ts';

const BASE = 'https://scijob.dev/schema/v1';

/** The published JSON Schemas, out of the one schema. What only code can check (contradicting fields) is not in them. */
export const jsonSchemas = {
  'command-job': published('command-job', 'A command or script job of scijob', commandSpecSchema),
  'workflow-job': published('workflow-job', 'A workflow job of scijob', workflowSpecSchema),
} as const;

function published(name: string, title: string, schema: typeof commandSpecSchema | typeof workflowSpecSchema): string {
  const { $schema, ...rest } = toJsonSchema(schema, { errorMode: 'ignore', target: 'draft-2020-12' });
  return `${JSON.stringify({ $schema, $id: `${BASE}/${name}.schema.json`, title, ...rest }, null, 2)}\n`;
}
