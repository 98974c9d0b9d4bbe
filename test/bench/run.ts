import { parseArgs } from 'node:util';
import { type FigureLine, type Metric, type Scale, toFigureLine, toTable } from './harness.ts';
import { METRICS } from './metrics.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
});

const SEED = 20_261_123;
const scale: Scale = { quick: values.quick, rounds: values.quick ? 2 : 5, seed: SEED };
const chosen = choose(positionals);

if (chosen.length === 0) {
  const names = METRICS.map(({ name, about }) => `  ${name.padEnd(16)} ${about}`);
  process.stderr.write(`npm run bench -- <name …|all> [--json] [--quick]\n${names.join('\n')}\n`);
  process.exitCode = 2;
} else {
  await run(chosen);
}

async function run(metrics: readonly Metric[]): Promise<void> {
  if (Number(process.versions.node.split('.')[0]) < 24) {
    throw new Error(`The figures are those of Node 24; this is ${process.version}. Start them with \`npm run bench\`.`);
  }
  const lines: FigureLine[] = [];
  for (const metric of metrics) {
    process.stderr.write(`${metric.name}: ${metric.about}\n`);
    for (const figure of await metric.measure(scale)) {
      const line = toFigureLine(figure);
      lines.push(line);
      if (values.json) process.stdout.write(`${JSON.stringify(line)}\n`);
    }
  }
  if (!values.json) process.stdout.write(`\nNode ${process.version}\n${toTable(lines)}`);
}

/** The metrics of these names; none when one is unknown. */
function choose(names: readonly string[]): readonly Metric[] {
  if (names.includes('all')) return METRICS;
  const found = METRICS.filter(({ name }) => names.includes(name));
  const unknown = names.filter((name) => !METRICS.some((metric) => metric.name === name));
  if (unknown.length === 0) return found;
  process.stderr.write(`There is no metric ${unknown.map((name) => JSON.stringify(name)).join(', ')}.\n`);
  return [];
}
