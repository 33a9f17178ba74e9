import { boolean, integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core';

export const marketTable = pgTable('market', {
  id: text('id').primaryKey(),
  accountId: text('account_id').notNull(),
  code: text('code').notNull(),
  name: text('name').notNull(),
  countryCode: text('country_code').notNull(),
  currency: text('currency').notNull(),
  timeZone: text('time_zone').notNull(),
  language: text('language').notNull(),
  archived: boolean('archived').notNull().default(false),
  demo: boolean('demo').notNull().default(false),
  version: integer('version').notNull().default(1),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
});

export const brandTable = pgTable('brand', {
  id: text('id').primaryKey(),
  accountId: text('account_id').notNull(),
  code: text('code').notNull(),
  name: text('name').notNull(),
  domain: text('domain').notNull(),
  categories: text('categories').array().notNull().default([]),
  familyFriendly: boolean('family_friendly').notNull().default(false),
  colors: text('colors').array().notNull().default([]),
  archived: boolean('archived').notNull().default(false),
  demo: boolean('demo').notNull().default(false),
  version: integer('version').notNull().default(1),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
});

export const channelTable = pgTable('channel', {
  id: text('id').primaryKey(),
  accountId: text('account_id').notNull(),
  code: text('code').notNull(),
  name: text('name').notNull(),
  platform: text('platform').notNull(),
  archived: boolean('archived').notNull().default(false),
  demo: boolean('demo').notNull().default(false),
  version: integer('version').notNull().default(1),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
});
