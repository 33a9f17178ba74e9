import type { ViewerErasure } from '@cuepoint/contract';
import { bigint, pgTable, text, timestamp } from 'drizzle-orm/pg-core';

const instant = (name: string) => timestamp(name, { withTimezone: true });

/** A request of a viewer to be forgotten, and how far it is. */
export const viewerErasureTable = pgTable('viewer_erasure', {
  id: text('id').primaryKey(),
  accountId: text('account_id').notNull(),
  kind: text('kind').$type<ViewerErasure['kind']>().notNull(),
  /** Keyed hash as the logs have it; null once nothing is left that it could be found by. */
  identity: text('identity'),
  reference: text('reference').notNull().default(''),
  requestedBy: text('requested_by').notNull(),
  requestedAt: instant('requested_at').notNull(),
  nodesAt: instant('nodes_at'),
  exposures: bigint('exposures', { mode: 'number' }).notNull().default(0),
  sessions: bigint('sessions', { mode: 'number' }).notNull().default(0),
  nodesProblem: text('nodes_problem'),
  archiveAt: instant('archive_at'),
  archivedRecords: bigint('archived_records', { mode: 'number' }).notNull().default(0),
  archiveProblem: text('archive_problem'),
  goneBy: instant('gone_by').notNull(),
  goneAt: instant('gone_at'),
});

export type ErasureRow = typeof viewerErasureTable.$inferSelect;
