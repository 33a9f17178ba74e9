import type { FeeMode, FeeStack, SupplyAnalysis, SupplyPath } from '@cuepoint/contract';
import type { SankeyFlow } from '../../design/charts/sankey-layout.ts';
import type { WaterfallStep } from '../../design/charts/waterfall.tsx';

type Entry = SupplyAnalysis['paths'][number];

export type Stage = 'dsp' | 'measurement' | 'creative' | 'exchange' | 'ssp';

/** The stage that a row of a fee stack belongs to, by its name in the stack. */
export function stageOf(row: Pick<FeeStack['rows'][number], 'name'>): Stage | null {
  const name = row.name.toLowerCase();
  if (name.includes('measurement') || name.includes('verification')) return 'measurement';
  if (name.includes('creative')) return 'creative';
  if (name.includes('exchange')) return 'exchange';
  if (name.includes('ssp')) return 'ssp';
  return name.includes('dsp') ? 'dsp' : null;
}

function feeOf(stack: FeeStack, stage: Stage): number {
  return stack.rows.reduce((sum, row) => (stageOf(row) === stage ? sum + row.feeMicros : sum), 0);
}

export function cpmFees(path: SupplyPath): number {
  return path.measurementCpmMicros + path.creativeCpmMicros;
}

/**
 * Money of one base CPM over every path. Fees per 1,000 impressions are booked
 * with the buying platform, where they are paid, in both modes.
 */
export function sankeyFlows(
  paths: readonly Entry[],
  mode: FeeMode,
  first: number,
  second: number,
): SankeyFlow[] {
  return paths.map(({ path, [mode]: stack }) => {
    const afterDsp =
      stack.grossCpmMicros - feeOf(stack, 'dsp') - feeOf(stack, 'measurement') - feeOf(stack, 'creative');
    const afterExchange = afterDsp - feeOf(stack, 'exchange');
    return {
      id: path.id,
      nodes: [path.dsp.party, path.exchange?.party ?? null, path.ssp.party, 'Publishers'],
      gross: stack.grossCpmMicros,
      after: [afterDsp, afterExchange, afterExchange - feeOf(stack, 'ssp')],
      highlight: path.number === first ? 1 : path.number === second ? 2 : 0,
    };
  });
}

const stageNames: Record<Stage, string> = {
  dsp: 'DSP',
  measurement: 'Measurement',
  creative: 'Creative',
  exchange: 'Exchange',
  ssp: 'SSP',
};

/** "12 %" of a rate in parts per million. */
export function ppmText(ppm: number, digits?: number): string {
  const value = ppm / 10_000;
  return `${digits === undefined ? Number(value.toFixed(4)) : value.toFixed(digits)} %`;
}

/** The steps of two fee stacks side by side, in the order in which the first takes them. */
export function waterfallSteps(first: Entry, second: Entry, mode: FeeMode): WaterfallStep[] {
  const stacks = [first[mode], second[mode]] as const;
  const stages: Stage[] = [];
  for (const stack of stacks) {
    for (const row of stack.rows) {
      const stage = stageOf(row);
      if (stage && !stages.includes(stage)) stages.push(stage);
    }
  }
  // A stage that only the second path has keeps its place on the way to the publisher.
  const order = stacks[0].rows.length >= stacks[1].rows.length ? stacks[0] : stacks[1];
  const rank = (stage: Stage) => order.rows.findIndex((row) => stageOf(row) === stage);
  stages.sort((a, b) => rank(a) - rank(b));
  const bar = (stack: FeeStack, stage: Stage) => {
    const row = stack.rows.find((candidate) => stageOf(candidate) === stage);
    return row ? { amountMicros: row.feeMicros, remainingMicros: row.remainingMicros } : null;
  };
  const total = (micros: number) => ({ amountMicros: micros, remainingMicros: micros });
  return [
    {
      name: 'Gross',
      detail: 'base CPM',
      kind: 'total',
      first: total(stacks[0].grossCpmMicros),
      second: total(stacks[1].grossCpmMicros),
    },
    ...stages.map((stage) => ({
      name: stageNames[stage],
      detail: detailOf(stage, first.path, second.path, mode),
      kind: 'fee' as const,
      first: bar(stacks[0], stage),
      second: bar(stacks[1], stage),
    })),
    {
      name: 'Publisher',
      detail: 'net',
      kind: 'total',
      first: total(stacks[0].publisherNetMicros),
      second: total(stacks[1].publisherNetMicros),
    },
  ];
}

function detailOf(stage: Stage, first: SupplyPath, second: SupplyPath, mode: FeeMode): string {
  if (stage === 'measurement' || stage === 'creative') return 'CPM fee';
  const rate = (path: SupplyPath) => {
    const found = path[stage];
    return found ? ppmText(found.typicalPpm) : 'none';
  };
  return `${rate(first)} / ${rate(second)} of ${mode === 'additive' ? 'gross' : 'rest'}`;
}

const confidenceWords: Record<string, string> = {
  R: 'stated',
  T: 'trade press',
  D: 'public document',
  A: 'assumed',
};

/** How sure the rates of a path are, in a word, with the sources in full. */
export function sourceOf(path: SupplyPath): { word: string; detail: string } {
  const rates = [path.dsp, path.exchange, path.ssp].filter((rate) => rate !== null);
  const words = new Set(rates.map((rate) => confidenceWords[rate.confidence] ?? rate.confidence));
  const word =
    words.size === 1 ? ([...words][0] ?? '') : words.has('assumed') ? 'part assumed' : [...words].join(', ');
  const range = (rate: (typeof rates)[number]) =>
    rate.lowPpm === null || rate.highPpm === null
      ? ''
      : ` (${ppmText(rate.lowPpm)} to ${ppmText(rate.highPpm)})`;
  return {
    word,
    detail: rates
      .map((rate) => `${rate.party} ${ppmText(rate.typicalPpm)}${range(rate)}: ${rate.source}`)
      .concat(`effective ${path.effectiveOn}, data ${path.dataVersion}`)
      .join('\n'),
  };
}
