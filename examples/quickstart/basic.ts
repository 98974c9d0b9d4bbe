// Virtual screening on this machine: 250 approved drugs, how like imatinib is each? This file says where it runs;
// screen-drugs.ts says what runs. Run it again with the same key and it goes on where it was.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient } from '@scijob/core';
import { createLocal } from '@scijob/local';
import { parseOptions } from './parse-options.ts';
import { screenDrugs } from './screen-drugs.ts';

const options = parseOptions();
const home = process.env['SCIJOB_HOME'] ?? join(dirname(fileURLToPath(import.meta.url)), '.scijob');
const client = createClient({
  adapters: { here: createLocal({ directory: join(home, 'local') }) },
  ledger: join(home, 'ledger'),
});

// Nothing to save first: what was submitted is in the ledger, and runs without this process.
process.once('SIGINT', () => {
  console.log(`\nThe tasks go on without this window. To come back to them: npm run demo -- --key ${options.key}`);
  process.exit(130);
});

try {
  const { ranked, picture } = await screenDrugs(client, options);
  console.log(`Ranked list: ${ranked}`);
  console.log(`Best hits:   ${picture}  (open it in a browser)`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  await client.close();
}
