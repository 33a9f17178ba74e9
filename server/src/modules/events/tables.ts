import { bigint, customType, integer, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';

export const deliveryEventTable = pgTable(
  'delivery_event',
  {
    accountId: text('account_id').notNull(),
    decisionId: text('decision_id').notNull(),
    adPosition: integer('ad_position').notNull(),
    event: text('event').notNull(),
    at: timestamp('at', { withTimezone: true }).notNull(),
    campaignId: text('campaign_id').notNull(),
    lineItemId: text('line_item_id').notNull(),
    flightId: text('flight_id').notNull(),
    creativeId: text('creative_id').notNull(),
    placementId: text('placement_id'),
    spentMicros: bigint('spent_micros', { mode: 'number' }).notNull().default(0),
    currency: text('currency').notNull(),
    node: text('node').notNull(),
    segment: bigint('segment', { mode: 'number' }).notNull(),
    logOffset: bigint('log_offset', { mode: 'number' }).notNull(),
    /** Why it is no viewer's; empty when it is one. */
    invalid: text('invalid').notNull().default(''),
    country: text('country').notNull().default(''),
    deviceType: text('device_type').notNull().default(''),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.decisionId, t.adPosition, t.event, t.invalid] })],
);

export const deliveryHourTable = pgTable(
  'delivery_hour',
  {
    accountId: text('account_id').notNull(),
    hour: timestamp('hour', { withTimezone: true }).notNull(),
    campaignId: text('campaign_id').notNull().default(''),
    lineItemId: text('line_item_id').notNull().default(''),
    flightId: text('flight_id').notNull().default(''),
    creativeId: text('creative_id').notNull().default(''),
    placementId: text('placement_id').notNull().default(''),
    event: text('event').notNull(),
    reason: text('reason').notNull().default(''),
    count: bigint('count', { mode: 'number' }).notNull().default(0),
    spentMicros: bigint('spent_micros', { mode: 'number' }).notNull().default(0),
    currency: text('currency').notNull().default(''),
    country: text('country').notNull().default(''),
    deviceType: text('device_type').notNull().default(''),
  },
  (t) => [
    primaryKey({
      columns: [
        t.accountId,
        t.hour,
        t.campaignId,
        t.lineItemId,
        t.flightId,
        t.creativeId,
        t.placementId,
        t.event,
        t.reason,
        t.currency,
        t.country,
        t.deviceType,
      ],
    }),
  ],
);

const bytes = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' });

export const deliveryReachTable = pgTable(
  'delivery_reach',
  {
    accountId: text('account_id').notNull(),
    hour: timestamp('hour', { withTimezone: true }).notNull(),
    campaignId: text('campaign_id').notNull().default(''),
    lineItemId: text('line_item_id').notNull().default(''),
    sketch: bytes('sketch').notNull().default(new Uint8Array()),
    lasting: bigint('lasting', { mode: 'number' }).notNull().default(0),
    household: bigint('household', { mode: 'number' }).notNull().default(0),
    session: bigint('session', { mode: 'number' }).notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.hour, t.campaignId, t.lineItemId] })],
);

export const logOffsetTable = pgTable('log_offset', {
  node: text('node').primaryKey(),
  segment: bigint('segment', { mode: 'number' }).notNull(),
  nextOffset: bigint('next_offset', { mode: 'number' }).notNull(),
  lastEventAt: timestamp('last_event_at', { withTimezone: true }),
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
});

/** What was counted of each node's spend; what nodes are lent of a budget is settled by it. */
export const nodeSpendTable = pgTable(
  'node_spend',
  {
    accountId: text('account_id').notNull(),
    lineItemId: text('line_item_id').notNull(),
    flightId: text('flight_id').notNull(),
    node: text('node').notNull(),
    spentMicros: bigint('spent_micros', { mode: 'number' }).notNull().default(0),
    impressions: bigint('impressions', { mode: 'number' }).notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.lineItemId, t.flightId, t.node] })],
);
