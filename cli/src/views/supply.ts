import type { SupplyAnalysis } from '@cuepoint/contract';
import { formatMicros } from '../output/render.ts';
import { table } from '../output/table.ts';

const percent = (ppm: number): string => `${(ppm / 10_000).toFixed(ppm % 10_000 === 0 ? 0 : 2)} %`;

/** Every path with what reaches the publisher in both modes, two of them compared, and what was assumed. */
export function supplyView(analysis: SupplyAnalysis): string {
  const { comparison, currency } = analysis;
  const rows = analysis.paths.map(({ path, additive, cascading }) => [
    String(path.number),
    path.name,
    percent(path.dsp.typicalPpm),
    path.exchange ? percent(path.exchange.typicalPpm) : 'none',
    percent(path.ssp.typicalPpm),
    formatMicros(additive.publisherNetMicros),
    formatMicros(cascading.publisherNetMicros),
  ]);
  const points = (ppm: number) => (ppm / 10_000).toFixed(3);
  const lines = [
    `Base CPM ${currency} ${formatMicros(analysis.baseCpmMicros)}; publisher net is CPM too`,
    '',
    table(
      [['#', 'Path', 'DSP', 'Exchange', 'SSP', 'Net, additive', 'Net, cascading'], ...rows],
      [2, 3, 4, 5, 6],
    ),
    '',
    `${comparison.first} against ${comparison.second}:`,
    `  ${points(comparison.additiveAdvantagePpm)} points of gross reach the publisher more additive, ${points(comparison.cascadingAdvantagePpm)} cascading.`,
  ];
  if (comparison.cascadingBreakEvenImpressions !== null && comparison.additiveBreakEvenImpressions !== null) {
    const after = (impressions: number) => Math.ceil(impressions).toLocaleString('en-GB');
    lines.push(
      `  A creative of ${currency} ${formatMicros(comparison.creativeCostMicros)} pays back after ${after(comparison.additiveBreakEvenImpressions)} impressions additive, ${after(comparison.cascadingBreakEvenImpressions)} cascading.`,
    );
  }
  lines.push('', 'Assumptions', ...analysis.assumptions.map((line) => `- ${line}`));
  return lines.join('\n');
}
