/** How much is measured. */
export interface Scale {
  /** A small slice, for CI: it shows that everything runs, its figures mean little. */
  readonly quick: boolean;
  /** Rounds that count, behind one for warming up. */
  readonly rounds: number;
  readonly seed: number;
}

export interface Metric {
  readonly name: string;
  readonly about: string;
  measure(scale: Scale): Promise<readonly Figure[]>;
}

/** One round: ours and the peer's, one right after the other. */
export interface Pair {
  readonly ours: number;
  readonly peer: number;
}

interface Bound {
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** Every bound given must hold. */
export interface Goal {
  readonly value?: Bound;
  readonly ratio?: Bound;
  /** Not the median is judged but each round by itself: where rounds differ by chance, and the worst is what counts. */
  readonly inEveryRound?: true;
}

export interface Figure {
  readonly metric: string;
  readonly unit: string;
  readonly peer: string;
  readonly pairs: readonly Pair[];
  readonly goal: Goal;
  /** What was measured, the seed included. */
  readonly size: Readonly<Record<string, number>>;
  /** What the other side counted, and what else one has to know. */
  readonly note?: string;
}

/** One line of the output. `met` follows from the numbers before it. */
export interface FigureLine {
  readonly metric: string;
  readonly value: number;
  readonly unit: string;
  readonly peer: string;
  readonly peerValue: number;
  readonly ratio: number;
  readonly goal: string;
  readonly met: boolean;
  readonly spread: {
    readonly value: readonly [number, number];
    readonly peer: readonly [number, number];
    readonly ratio: readonly [number, number];
  };
  readonly rounds: number;
  readonly size: Readonly<Record<string, number>>;
  readonly note?: string;
}

/** The rounds that count, behind one that warms up and is dropped. */
export async function measureRounds(
  rounds: number,
  measure: (round: number) => Promise<Pair>,
): Promise<readonly Pair[]> {
  const pairs: Pair[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const pair = await measure(round);
    const name = round === 0 ? 'warm-up' : `round ${round}`;
    process.stderr.write(`  ${name}: ${short(pair.ours)} to ${short(pair.peer)}\n`);
    if (round > 0) pairs.push(pair);
  }
  return pairs;
}

/** Ours and the peer in turn, the order swapped from round to round. */
export function alternate(
  rounds: number,
  ours: (round: number) => Promise<number>,
  peer: (round: number) => Promise<number>,
): Promise<readonly Pair[]> {
  return measureRounds(rounds, async (round) => {
    if (round % 2 === 0) return { ours: await ours(round), peer: await peer(round) };
    const first = await peer(round);
    return { ours: await ours(round), peer: first };
  });
}

export function toFigureLine({ metric, unit, peer, pairs, goal, size, note }: Figure): FigureLine {
  const ours = pairs.map((pair) => pair.ours);
  const peers = pairs.map((pair) => pair.peer);
  const ratios = pairs.map((pair) => pair.ours / pair.peer);
  const [value, ratio] = [median(ours), median(ratios)];
  return {
    metric,
    value: rounded(value),
    unit,
    peer,
    peerValue: rounded(median(peers)),
    ratio: rounded(ratio),
    goal: goalText(goal, unit),
    // Of the numbers as measured, not as printed.
    met: goal.inEveryRound
      ? ours.every((one) => holds(goal.value, one)) && ratios.every((one) => holds(goal.ratio, one))
      : holds(goal.value, value) && holds(goal.ratio, ratio),
    spread: { value: spreadOf(ours), peer: spreadOf(peers), ratio: spreadOf(ratios) },
    rounds: pairs.length,
    size,
    ...(note === undefined ? {} : { note }),
  };
}

/** For people. */
export function toTable(lines: readonly FigureLine[]): string {
  const rows = lines.map((line) => [
    line.metric,
    `${short(line.value)} ${line.unit} (${line.spread.value.map(short).join('–')})`,
    `${line.peer}: ${short(line.peerValue)} (${line.spread.peer.map(short).join('–')})`,
    `${short(line.ratio)} × (${line.spread.ratio.map(short).join('–')})`,
    line.goal,
    line.met ? 'met' : 'MISSED',
  ]);
  const head = ['metric', `median (min–max)`, 'peer', 'ratio', 'goal', ''];
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const table = [head, ...rows].map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const notes = lines.map(({ metric, rounds, size, note }) => {
    const sizes = Object.entries(size).map(([name, amount]) => `${name} ${amount.toLocaleString('en')}`);
    return `  ${metric}: ${rounds} rounds, ${sizes.join(', ')}${note === undefined ? '' : `; ${note}`}`;
  });
  return `${table.join('\n')}\n\n${notes.join('\n')}\n`;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  if (low === undefined || high === undefined) throw new RangeError('A median needs at least one value.');
  return (low + high) / 2;
}

/** What another side counted must be what was asked for: a figure of work that was not done is none. */
export function requireCount(what: string, counted: number, wanted: number): void {
  if (counted !== wanted) throw new Error(`${what}: counted ${counted}, wanted ${wanted}. There is no figure.`);
}

function spreadOf(values: readonly number[]): readonly [number, number] {
  return [rounded(Math.min(...values)), rounded(Math.max(...values))];
}

function holds({ atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY }: Bound = {}, value: number) {
  return value >= atLeast && value <= atMost;
}

function goalText({ value, ratio, inEveryRound }: Goal, unit: string): string {
  const bounds = [...boundText(value, ` ${unit}`), ...boundText(ratio, ' ×')].join(' and ');
  return inEveryRound ? `${bounds} in every round` : bounds;
}

function boundText({ atLeast, atMost }: Bound = {}, unit: string): readonly string[] {
  return [
    ...(atLeast === undefined ? [] : [`>= ${short(atLeast)}${unit}`]),
    ...(atMost === undefined ? [] : [`<= ${short(atMost)}${unit}`]),
  ];
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

function short(value: number): string {
  return rounded(value).toLocaleString('en', { maximumFractionDigits: 4 });
}
