import { bigint, date, pgTable, text, timestamp } from 'drizzle-orm/pg-core';

/** A correction of what delivery alone would bill. */
export const billingEntryTable = pgTable('billing_entry', {
  id: text('id').primaryKey(),
  accountId: text('account_id').notNull(),
  kind: text('kind').$type<'credit' | 'make_good'>().notNull(),
  campaignId: text('campaign_id').notNull(),
  lineItemId: text('line_item_id'),
  day: date('day').notNull(),
  amountMicros: bigint('amount_micros', { mode: 'number' }).notNull(),
  currency: text('currency').notNull(),
  impressions: bigint('impressions', { mode: 'number' }),
  deliveredByLineItemId: text('delivered_by_line_item_id'),
  reason: text('reason').notNull(),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
  cancelledAt: timestamp('cancelled_at', { withTimezone: true }),
});
