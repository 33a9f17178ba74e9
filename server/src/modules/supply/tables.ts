import { integer, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core';

export const supplyPathTable = pgTable('supply_path', {
  id: text('id').primaryKey(),
  number: integer('number').notNull(),
  data: jsonb('data').$type<unknown>().notNull(),
  dataVersion: text('data_version').notNull(),
  loadedAt: timestamp('loaded_at', { withTimezone: true }).notNull().defaultNow(),
});
