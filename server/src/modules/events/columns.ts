import { sql } from 'drizzle-orm';

/** What rows of `delivery_hour` are kept apart by, in the order of the primary key. */
export const HOUR_KEYS = [
  'account_id',
  'hour',
  'campaign_id',
  'line_item_id',
  'flight_id',
  'creative_id',
  'placement_id',
  'event',
  'reason',
  'currency',
  'country',
  'device_type',
] as const;

export const hourKeys = sql.raw(HOUR_KEYS.join(', '));
export const hourColumns = sql.raw([...HOUR_KEYS, 'count', 'spent_micros'].join(', '));
/** As `jsonb_to_recordset` takes them. */
export const hourRecord = sql.raw(
  [
    ...HOUR_KEYS.map((name) => `${name} ${name === 'hour' ? 'timestamptz' : 'text'}`),
    'count bigint',
    'spent_micros bigint',
  ].join(', '),
);
