import { type DeliveryHeatmap, type HeatDimension, WEEKDAYS } from '@cuepoint/contract';
import { dayOf, offsetMs } from '../../../kernel/zoned-day.ts';

/** Rows and columns that are told; more cannot be looked at. */
const MOST = 24;

/** A figure at one place of a heatmap, before it has places. */
export interface HeatCount {
  row: string;
  column: string;
  figure: number;
}

type Table = Pick<DeliveryHeatmap, 'cells' | 'total' | 'leftOut'> & { rows: string[]; columns: string[] };

/** The weekday and the hour that a clock of a zone shows at an instant. */
export function weekdayAndHour(at: Date, timeZone: string): { weekday: string; hour: string } {
  const day = dayOf(at, timeZone);
  const local = new Date(at.getTime() + offsetMs(at.getTime(), timeZone));
  return {
    weekday: WEEKDAYS[(new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7]!,
    hour: String(local.getUTCHours()).padStart(2, '0'),
  };
}

/** Adds up counts into a table, time in its order and all of it, everything else the most first. */
export function heatTable(
  counts: readonly HeatCount[],
  of: { rows: HeatDimension; columns: HeatDimension },
): Table {
  const sum = (side: 'row' | 'column') => {
    const sums = new Map<string, number>();
    for (const one of counts) sums.set(one[side], (sums.get(one[side]) ?? 0) + one.figure);
    return sums;
  };
  const rows = sideOf(of.rows, sum('row'));
  const columns = sideOf(of.columns, sum('column'));
  const cells = rows.shown.map(() => columns.shown.map(() => 0));
  let [total, shown] = [0, 0];
  for (const { row, column, figure } of counts) {
    total += figure;
    const [at, beside] = [rows.shown.indexOf(row), columns.shown.indexOf(column)];
    if (at < 0 || beside < 0) continue;
    cells[at]![beside]! += figure;
    shown += figure;
  }
  return {
    rows: rows.shown,
    columns: columns.shown,
    cells,
    total,
    leftOut: { rows: rows.left, columns: columns.left, figure: total - shown },
  };
}

function sideOf(
  dimension: HeatDimension,
  sums: ReadonlyMap<string, number>,
): { shown: string[]; left: number } {
  if (dimension === 'weekday') return { shown: [...WEEKDAYS], left: 0 };
  if (dimension === 'hour_of_day')
    return { shown: Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0')), left: 0 };
  const all = [...sums]
    .filter(([, figure]) => figure > 0)
    .sort(([left, a], [right, b]) => b - a || (left < right ? -1 : 1));
  return { shown: all.slice(0, MOST).map(([value]) => value), left: Math.max(0, all.length - MOST) };
}
