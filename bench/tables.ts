import type { DecisionCost } from './decision-cost.ts';
import type { LoadReport } from './load-generator.ts';

export interface Measured extends LoadReport {
  readonly cpuMicrosecondsPerRequest: number;
}
/** Runs of one server at one rate; null for as fast as it can. */
export interface Series {
  readonly contestant: string;
  readonly rate: number | null;
  readonly rounds: Measured[];
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Beside a floor, the first of the series. */
export function table(title: string, series: readonly Series[]): string {
  const maximum = (name: string) =>
    median(
      series
        .find((one) => one.contestant === name && one.rate === null)!
        .rounds.map((round) => round.perSecond),
    );
  const floor = series[0]!.contestant;
  const lines = series.map((one) => {
    const of = (pick: (round: Measured) => number) => median(one.rounds.map(pick));
    const ratio = one.rate === null ? (maximum(one.contestant) / maximum(floor)).toFixed(2) : '';
    const times = [of((r) => r.p50Ms), of((r) => r.p99Ms), of((r) => r.p999Ms)]
      .map((ms) => ms.toFixed(2))
      .join(' / ');
    const bad = one.rounds.reduce((sum, round) => sum + round.notOk + round.connectionErrors, 0);
    const spread = `${Math.min(...one.rounds.map((r) => r.perSecond)).toFixed(0)} to ${Math.max(...one.rounds.map((r) => r.perSecond)).toFixed(0)}`;
    return `| ${one.contestant} | ${one.rate ?? 'maximum'} | ${of((r) => r.perSecond).toFixed(0)} (${spread}) | ${ratio} | ${of((r) => r.cpuMicrosecondsPerRequest).toFixed(1)} | ${times} | ${of((r) => r.bytesPerAnswer)} | ${bad} |`;
  });
  return [
    `\n${title}`,
    '| server | asked for /s | answered /s, median (least to most) | of floor | CPU µs each | p50 / p99 / p99.9 ms | bytes | bad |',
    '|---|---|---|---|---|---|---|---|',
    ...lines,
  ].join('\n');
}

/** Each by itself. */
export function plainTable(title: string, series: readonly Series[]): string {
  if (series.length === 0) return '';
  const lines = series.map((one) => {
    const of = (pick: (round: Measured) => number) => median(one.rounds.map(pick));
    const times = [of((r) => r.p50Ms), of((r) => r.p99Ms), of((r) => r.p999Ms)].map((ms) => ms.toFixed(2));
    const bad = one.rounds.reduce((sum, round) => sum + round.notOk + round.connectionErrors, 0);
    return `| ${one.contestant} | ${one.rate ?? 'maximum'} | ${of((r) => r.perSecond).toFixed(0)} | ${of((r) => r.cpuMicrosecondsPerRequest).toFixed(1)} | ${times.join(' / ')} | ${of((r) => r.bytesPerAnswer).toFixed(0)} | ${bad} |`;
  });
  return [
    `\n${title}`,
    '| what | asked for /s | answered /s | CPU µs each | p50 / p99 / p99.9 ms | bytes | bad |',
    '|---|---|---|---|---|---|---|',
    ...lines,
  ].join('\n');
}

/** The decision by itself, by number of line items. */
export function costTable(costs: readonly DecisionCost[]): string {
  if (costs.length === 0) return '';
  return [
    '\nThe decision alone, one thread',
    '| line items | µs, one slot | µs, break of 4 / 6 / 8 | µs, tight break of 6, p50 / p99 | ms to build | ms to take one edit over |',
    '|---|---|---|---|---|---|',
    ...costs.map(
      (cost) =>
        `| ${cost.lineItems} | ${cost.decideMicroseconds.toFixed(2)} | ${([4, 6, 8] as const).map((ads) => cost.podMicroseconds[ads].toFixed(1)).join(' / ')} | ${cost.tightMicroseconds.p50.toFixed(0)} / ${cost.tightMicroseconds.p99.toFixed(0)} | ${cost.buildIndexMs.toFixed(0)} | ${cost.editMs.toFixed(1)} |`,
    ),
  ].join('\n');
}

export function memoryTable(
  memory: readonly { readonly lineItems: number; readonly sourceBytes: number; readonly bytes: number }[],
): string {
  if (memory.length === 0) return '';
  return [
    '\nWhat a snapshot takes in memory, source and index',
    '| line items | MB of source | MB in all | MB per 10,000 |',
    '|---|---|---|---|',
    ...memory.map(
      ({ lineItems, sourceBytes, bytes }) =>
        `| ${lineItems} | ${(sourceBytes / 1e6).toFixed(1)} | ${(bytes / 1e6).toFixed(1)} | ${((bytes / 1e6) * (10_000 / lineItems)).toFixed(1)} |`,
    ),
  ].join('\n');
}
