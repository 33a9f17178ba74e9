import { jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core';
import type { LogPosition } from '../../kernel/delivery-protocol.ts';

/** Backups that were made of this installation. */
export const backupTable = pgTable('backup', {
  id: text('id').primaryKey(),
  takenAt: timestamp('taken_at', { withTimezone: true }).notNull(),
  logPositions: jsonb('log_positions').$type<Record<string, LogPosition>>().notNull(),
  verifiedAt: timestamp('verified_at', { withTimezone: true }),
});
