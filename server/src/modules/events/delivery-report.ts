import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { instants } from './report-queries.ts';

/** What rows of a report are kept apart by, beside time. */
export const REPORT_COLUMNS = {
  campaign: 'campaign_id',
  line_item: 'line_item_id',
  creative: 'creative_id',
  placement: 'placement_id',
  country: 'country',
  device: 'device_type',
  reason: 'reason',
} as const;
export type ReportColumn = keyof typeof REPORT_COLUMNS;

/** Which hourly rows a report is of. */
export interface ReportScope {
  /** Whole hours in ascending order; bucket i lies between boundary i and i + 1. */
  boundaries: readonly Date[];
  /** Only rows with one of these values; a column that is left out may have any. */
  filters: Partial<Record<ReportColumn, readonly string[]>>;
}

/** Sum of hourly rows of one event, reason and currency. */
export interface ReportCell {
  event: string;
  reason: string;
  currency: string;
  count: number;
  spentMicros: number;
}

export interface ReportGroup {
  bucket: number;
  /** By the columns that were asked for, in their order. */
  keys: string[];
  cells: ReportCell[];
}

/**
 * Hourly rows added up by bucket and columns, by time and then most impressions first. Role app.
 * @param page of all groups; null for all
 * @param only these groups, by bucket and keys; null for any
 */
export async function deliveryGroups(
  tx: Tx,
  { boundaries, filters }: ReportScope,
  columns: readonly ReportColumn[],
  page: { limit: number; offset: number } | null = null,
  only: readonly Pick<ReportGroup, 'bucket' | 'keys'>[] | null = null,
): Promise<{ groups: ReportGroup[]; total: number }> {
  const keys = sql.raw(columns.map((_, index) => `, k${index}`).join(''));
  const values = sql.raw(columns.map((one, index) => `, ${REPORT_COLUMNS[one]} AS k${index}`).join(''));
  const record = sql.raw(columns.map((_, index) => `, k${index} text`).join(''));
  const wanted = (only ?? []).map((one) => ({
    bucket: one.bucket,
    ...Object.fromEntries(one.keys.map((value, index) => [`k${index}`, value])),
  }));
  const { rows } = await tx.execute<
    Record<string, unknown> & {
      bucket: number;
      cells: Array<[string, string, string, number, number]>;
      total: string;
    }
  >(sql`
    WITH cell AS (
      SELECT width_bucket(hour, ${instants(boundaries)}) - 1 AS bucket ${values}, event, reason AS why, currency,
        sum(count) AS n, sum(spent_micros) AS spent
      FROM delivery_hour WHERE ${inScope({ boundaries, filters })}
      GROUP BY 1 ${sql.raw(columns.map((_, index) => `, ${index + 2}`).join(''))}, event, why, currency
    ), grouped AS (
      SELECT bucket ${keys}, jsonb_agg(jsonb_build_array(event, why, currency, n, spent)) AS cells,
        coalesce(sum(n) FILTER (WHERE event = 'impression'), 0) AS shown, sum(n) AS any_event
      FROM cell ${only === null ? sql`` : sql`JOIN jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) AS w (bucket integer ${record}) USING (bucket ${keys})`}
      GROUP BY bucket ${keys}
    )
    SELECT bucket ${keys}, cells, count(*) OVER () AS total FROM grouped
    ORDER BY bucket, shown DESC, any_event DESC ${keys}
    ${page === null ? sql`` : sql`LIMIT ${page.limit} OFFSET ${page.offset}`}`);
  return {
    total: Number(rows[0]?.total ?? 0),
    groups: rows.map((row) => ({
      bucket: row.bucket,
      keys: columns.map((_, index) => String(row[`k${index}`])),
      cells: row.cells.map(([event, reason, currency, count, spentMicros]) => ({
        event,
        reason,
        currency,
        count: Number(count),
        spentMicros: Number(spentMicros),
      })),
    })),
  };
}

/** Hourly rows, or sketches, within the boundaries and with the values asked for. */
export function inScope({ boundaries, filters }: ReportScope): SQL {
  const conditions = [
    sql`hour >= ${boundaries[0]!.toISOString()} AND hour < ${boundaries.at(-1)!.toISOString()}`,
  ];
  for (const [column, list] of Object.entries(filters) as [ReportColumn, readonly string[]][])
    conditions.push(
      sql`${sql.raw(REPORT_COLUMNS[column])} IN (SELECT jsonb_array_elements_text(${JSON.stringify(list)}::jsonb))`,
    );
  return sql.join(conditions, sql` AND `);
}
