import type { DeliveryReport, ReportMetrics } from '@cuepoint/contract';
import type { ChartMetric } from './search.ts';

export interface Timeline {
  /** Where stretches of time lie, milliseconds: hours as they are, days as if all had 24 hours. */
  xs: number[];
  /** Values that rows of a report have for them. */
  indexOf: ReadonlyMap<string, number>;
}

/** Every hour or day of a report, those without traffic too. */
export function timelineOf(
  report: Pick<DeliveryReport, 'startAt' | 'endAt' | 'from' | 'to'>,
  by: 'hour' | 'day',
): Timeline {
  const [from, until, step] =
    by === 'hour'
      ? [Date.parse(report.startAt), Date.parse(report.endAt), 3_600_000]
      : [Date.parse(`${report.from}T00:00:00Z`), Date.parse(`${report.to}T00:00:00Z`) + 1, 86_400_000];
  const xs: number[] = [];
  for (let at = from; at < until; at += step) xs.push(at);
  const name = (at: number) =>
    by === 'hour' ? new Date(at).toISOString() : new Date(at).toISOString().slice(0, 10);
  return { xs, indexOf: new Map(xs.map((at, index) => [name(at), index])) };
}

/** One value for each stretch of time: of the rows whose other keys are `keys`, 0 where there is none. */
export function valuesOf(
  report: DeliveryReport,
  timeline: Timeline,
  metric: ChartMetric,
  keys: readonly string[] = [],
  of: (row: DeliveryReport['rows']['items'][number]) => ReportMetrics | null = (row) => row.metrics,
): number[] {
  const values = timeline.xs.map(() => 0);
  for (const row of report.rows.items) {
    const [time, ...others] = row.keys;
    if (keys.some((key, index) => others[index]?.value !== key)) continue;
    const index = timeline.indexOf.get(time?.value ?? '');
    const metrics = of(row);
    if (index !== undefined && metrics !== null) values[index] = values[index]! + metrics[metric];
  }
  return values;
}

/** About as many ticks as fit, at the starts of days or every few hours. */
export function ticksOf(
  xs: readonly number[],
  label: (at: number) => string,
  most = 7,
): { at: number; label: string }[] {
  const step = Math.max(1, Math.ceil(xs.length / most));
  return xs.filter((_, index) => index % step === 0).map((at) => ({ at, label: label(at) }));
}
