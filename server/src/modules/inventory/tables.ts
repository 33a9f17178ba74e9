import { boolean, integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core';

export const publisherTable = pgTable('publisher', {
  id: text('id').primaryKey(),
  accountId: text('account_id').notNull(),
  name: text('name').notNull(),
  publisherKey: text('publisher_key').notNull(),
  demo: boolean('demo').notNull().default(false),
  version: integer('version').notNull().default(1),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
});

export const placementTable = pgTable('placement', {
  id: text('id').primaryKey(),
  accountId: text('account_id').notNull(),
  publisherId: text('publisher_id').notNull(),
  key: text('key').notNull(),
  name: text('name').notNull(),
  hosts: text('hosts').array().notNull().default([]),
  isDefault: boolean('is_default').notNull().default(false),
  minDurationMs: integer('min_duration_ms').notNull().default(0),
  maxDurationMs: integer('max_duration_ms').notNull().default(120000),
  demo: boolean('demo').notNull().default(false),
  version: integer('version').notNull().default(1),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
});
