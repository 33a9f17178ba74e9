import type { SupplyAnalysis, SystemStatus } from '@cuepoint/contract';
import { formatMicros } from '../output/render.ts';
import { table } from '../output/table.ts';
import type { Terminal } from '../output/terminal.ts';

/** Answers that people read better in a form of their own; null for the plain form. */
export function specialOutput(operationId: string, output: unknown, terminal: Terminal): string | null {
  switch (operationId) {
    case 'creatives.getVastTag':
      return vast(output as VastOutput, terminal);
    case 'supply.analyseSupplyPaths':
      return supply(output as SupplyAnalysis);
    case 'system.getStatus':
      return status(output as SystemStatus);
    default:
      return null;
  }
}

interface VastOutput {
  xml: string;
  tagUrl: string;
  warnings: string[];
  findings: Array<{ severity: string; message: string; rule: string }>;
  dropped: string[];
}

/** The document alone on stdout, so that it can be piped; what there is to say about it on stderr. */
function vast(output: VastOutput, terminal: Terminal): string {
  terminal.note(`tag ${output.tagUrl}`);
  for (const warning of output.warnings) terminal.note(`${terminal.paint('yellow', 'warning')} ${warning}`);
  for (const finding of output.findings)
    terminal.note(`${finding.severity} ${finding.rule}: ${finding.message}`);
  for (const dropped of output.dropped) terminal.note(`left out in this version: ${dropped}`);
  return output.xml;
}

const percent = (ppm: number): string => `${(ppm / 10_000).toFixed(ppm % 10_000 === 0 ? 0 : 2)} %`;

export function supply(analysis: SupplyAnalysis): string {
  const lines = [`Base CPM ${analysis.currency} ${formatMicros(analysis.baseCpmMicros)}`, ''];
  const rows = analysis.paths.map(({ path, additive, cascading }) => [
    String(path.number),
    path.name,
    percent(path.dsp.typicalPpm),
    path.exchange ? percent(path.exchange.typicalPpm) : 'none',
    percent(path.ssp.typicalPpm),
    formatMicros(additive.publisherNetMicros),
    formatMicros(cascading.publisherNetMicros),
  ]);
  lines.push(
    table(
      [['#', 'Path', 'DSP', 'Exchange', 'SSP', 'Net, additive', 'Net, cascading'], ...rows],
      [2, 3, 4, 5, 6],
    ),
  );
  const { comparison } = analysis;
  lines.push(
    '',
    `${comparison.first} against ${comparison.second}: ${(comparison.additiveAdvantagePpm / 10_000).toFixed(3)} points additive, ` +
      `${(comparison.cascadingAdvantagePpm / 10_000).toFixed(3)} points cascading reach the publisher more.`,
  );
  if (comparison.cascadingBreakEvenImpressions !== null && comparison.additiveBreakEvenImpressions !== null) {
    lines.push(
      `A creative of ${formatMicros(comparison.creativeCostMicros)} pays back after ` +
        `${Math.ceil(comparison.cascadingBreakEvenImpressions).toLocaleString('en-GB')} impressions cascading, ` +
        `${Math.ceil(comparison.additiveBreakEvenImpressions).toLocaleString('en-GB')} additive.`,
    );
  }
  lines.push('', 'Assumptions', ...analysis.assumptions.map((line) => `- ${line}`));
  return lines.join('\n');
}

function status(value: SystemStatus): string {
  const { delivery, database, ingestion } = value;
  const number = (figure: number | null, unit: string) =>
    figure === null ? '-' : `${Math.round(figure * 100) / 100}${unit}`;
  const simulated = value.simulatedPlatforms.map(({ name, why }) => `  ${name}: simulated, ${why}`);
  return [
    `Cuepoint ${value.version} at ${value.publicUrl}`,
    `database   ${database.kind}, ${database.ok ? 'ok' : 'not answering'}, ${database.migrations} migrations`,
    `serving    ${delivery.ok ? 'ok' : 'not ready'}, ${number(delivery.requestsPerSecond, ' req/s')}, p99 ${number(delivery.p99Ms, ' ms')}, snapshot ${number(delivery.snapshotAgeMs === null ? null : delivery.snapshotAgeMs / 1000, ' s')} old`,
    `ingestion  lag ${number(ingestion.lagMs, ' ms')}, last event ${ingestion.lastEventAt ?? '-'}`,
    ...value.queues
      .filter((queue) => queue.waiting + queue.active + queue.failed > 0)
      .map(
        (queue) =>
          `queue      ${queue.name}: ${queue.waiting} waiting, ${queue.active} active, ${queue.failed} failed`,
      ),
    ...(simulated.length > 0 ? ['platforms', ...simulated] : ['platforms  all real']),
    ...(value.demo.loaded ? ['demo data is loaded; remove it with cuepoint demo-data remove'] : []),
  ].join('\n');
}
