import type { ReportDefinition, ReportVisibility } from '@cuepoint/contract';
import { boolean, integer, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core';

/** A question to the delivery report that is asked again, under a name. */
export const reportViewTable = pgTable('report_view', {
  id: text('id').primaryKey(),
  accountId: text('account_id').notNull(),
  name: text('name').notNull(),
  visibility: text('visibility').$type<ReportVisibility>().notNull(),
  ownerId: text('owner_id').notNull(),
  ownerName: text('owner_name').notNull(),
  definition: jsonb('definition').$type<ReportDefinition>().notNull(),
  archived: boolean('archived').notNull().default(false),
  version: integer('version').notNull().default(1),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull(),
});
