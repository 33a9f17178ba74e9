import { bigint, index, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';

export const explainedHourTable = pgTable(
  'explained_hour',
  {
    accountId: text('account_id').notNull(),
    hour: timestamp('hour', { withTimezone: true }).notNull(),
    requests: bigint('requests', { mode: 'number' }).notNull(),
    explained: bigint('explained', { mode: 'number' }).notNull(),
    explainedAt: timestamp('explained_at', { withTimezone: true }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.hour] })],
);

export const lineItemLossHourTable = pgTable(
  'line_item_loss_hour',
  {
    accountId: text('account_id').notNull(),
    lineItemId: text('line_item_id').notNull(),
    hour: timestamp('hour', { withTimezone: true }).notNull(),
    /** The first reason why it did not serve; empty where it did. */
    reason: text('reason').notNull(),
    count: bigint('count', { mode: 'number' }).notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.accountId, t.lineItemId, t.hour, t.reason] }),
    index('line_item_loss_hour_hour').on(t.accountId, t.hour),
  ],
);
