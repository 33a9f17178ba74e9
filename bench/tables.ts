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
