import {
  type DeliveryHeatmap,
  getDeliveryHeatmap,
  type HeatDimension,
  ROW_DIMENSIONS,
} from '@cuepoint/contract';
import { allCampaigns } from '#modules/campaigns';
import { deliveryGroups, type ReportColumn } from '#modules/events';
import { AppError } from '../../../kernel/app-error.ts';
import { implement } from '../../../kernel/implement.ts';
import { questionOf } from '../delivery-report.ts';
import { heatTable, weekdayAndHour } from '../domain/heatmap.ts';
import { homeZone } from '../domain/local-days.ts';
import { metricsOf } from '../domain/report-metrics.ts';
import { isWholeHours, timeBuckets } from '../domain/report-time.ts';
import type { ReportingPorts } from '../ports.ts';
import { namesOf } from '../report-names.ts';

const isColumn = (dimension: HeatDimension): dimension is ReportColumn =>
  (ROW_DIMENSIONS as readonly string[]).includes(dimension);

export function deliveryHeatmapOperation(ports: ReportingPorts) {
  return implement(getDeliveryHeatmap, async (input, { tx, now }): Promise<DeliveryHeatmap> => {
    const { rows, columns, figure, ...scope } = input;
    if (rows === columns) throw refused(columns);
    const sides = [rows, columns];
    const byHour = !sides.every(isColumn);
    const own = sides.filter(isColumn);
    const dimensions = [...(byHour ? (['hour'] as const) : []), ...own];
    const question = questionOf(
      { ...scope, dimensions, compare: 'none' },
      homeZone(await allCampaigns(tx)),
      now,
    );
    const { timeZone, from, to, filters } = question;
    const { buckets, endAt } = timeBuckets(timeZone, from, to, byHour ? 'hour' : null);
    const boundaries = [...buckets.map(({ startAt }) => startAt), endAt];
    const { groups } = await deliveryGroups(tx, { boundaries, filters }, own);
    const names = await namesOf(ports, tx, own, groups);
    const counts = groups.map(({ bucket, keys, cells }) => {
      const { weekday, hour } = weekdayAndHour(buckets[bucket]!.startAt, timeZone);
      const sideOf = (side: HeatDimension) =>
        side === 'weekday' ? weekday : side === 'hour_of_day' ? hour : keys[own.indexOf(side)]!;
      return { row: sideOf(rows), column: sideOf(columns), figure: metricsOf(cells, false)[figure] };
    });
    const table = heatTable(counts, { rows, columns });
    const named = (side: HeatDimension, values: readonly string[]) =>
      values.map((value) => ({ value, name: (isColumn(side) && names.get(side)?.get(value)) || null }));
    return {
      timeZone,
      from,
      to,
      isToTheMinute: isWholeHours(timeZone, from, to),
      freshAt: ports.freshAt()?.toISOString() ?? null,
      figure,
      ...table,
      rows: named(rows, table.rows),
      columns: named(columns, table.columns),
    };
  });
}

function refused(columns: string): AppError {
  return new AppError(
    'input.invalid',
    `columns: ${columns} are the rows already; accepted: another dimension`,
    {
      fields: [
        { field: 'columns', message: 'are the rows already', value: columns, accepted: 'another dimension' },
      ],
    },
  );
}
