import { bigint, boolean, integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core';

export const campaignTable = pgTable('campaign', {
  id: text('id').primaryKey(),
  accountId: text('account_id').notNull(),
  name: text('name').notNull(),
  label: text('label').notNull(),
  description: text('description').notNull().default(''),
  objective: text('objective').notNull(),
  status: text('status').notNull(),
  brandId: text('brand_id').notNull(),
  marketId: text('market_id').notNull(),
  channelId: text('channel_id').notNull(),
  currency: text('currency').notNull(),
  budgetMicros: bigint('budget_micros', { mode: 'number' }).notNull(),
  startAt: timestamp('start_at', { withTimezone: true }).notNull(),
  endAt: timestamp('end_at', { withTimezone: true }).notNull(),
  timeZone: text('time_zone').notNull(),
  demo: boolean('demo').notNull().default(false),
  version: integer('version').notNull().default(1),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
});

export const lineItemTable = pgTable('line_item', {
  id: text('id').primaryKey(),
  accountId: text('account_id').notNull(),
  campaignId: text('campaign_id').notNull(),
  name: text('name').notNull(),
  status: text('status').notNull(),
  priority: integer('priority').notNull().default(8),
  cpmMicros: bigint('cpm_micros', { mode: 'number' }).notNull(),
  currency: text('currency').notNull(),
  countries: text('countries').array().notNull().default([]),
  deviceTypes: text('device_types').array().notNull().default([]),
  demo: boolean('demo').notNull().default(false),
  version: integer('version').notNull().default(1),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
});

export const flightTable = pgTable('flight', {
  id: text('id').primaryKey(),
  accountId: text('account_id').notNull(),
  lineItemId: text('line_item_id').notNull(),
  name: text('name').notNull(),
  startAt: timestamp('start_at', { withTimezone: true }).notNull(),
  endAt: timestamp('end_at', { withTimezone: true }).notNull(),
  timeZone: text('time_zone').notNull(),
  budgetMicros: bigint('budget_micros', { mode: 'number' }).notNull(),
  version: integer('version').notNull().default(1),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
});
