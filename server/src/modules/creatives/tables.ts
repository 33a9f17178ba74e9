import { bigint, boolean, integer, jsonb, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core';

export const assetTable = pgTable('asset', {
  id: text('id').primaryKey(),
  accountId: text('account_id').notNull(),
  sha256: text('sha256').notNull(),
  sizeBytes: bigint('size_bytes', { mode: 'number' }).notNull(),
  mime: text('mime').notNull(),
  originalName: text('original_name').notNull(),
  measurement: jsonb('measurement').$type<unknown>(),
  measuredAt: timestamp('measured_at', { withTimezone: true }),
  frames: jsonb('frames').$type<unknown>().notNull().default([]),
  demo: boolean('demo').notNull().default(false),
  version: integer('version').notNull().default(1),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
});

export const creativeTable = pgTable('creative', {
  id: text('id').primaryKey(),
  accountId: text('account_id').notNull(),
  campaignId: text('campaign_id').notNull(),
  lineItemId: text('line_item_id'),
  assetId: text('asset_id'),
  name: text('name').notNull(),
  status: text('status').notNull(),
  failure: text('failure'),
  approval: text('approval').notNull().default('draft'),
  approvalAt: timestamp('approval_at', { withTimezone: true }).notNull().defaultNow(),
  source: text('source').notNull(),
  simulated: boolean('simulated').notNull().default(false),
  universalAdId: text('universal_ad_id').notNull(),
  clickThroughUrl: text('click_through_url').notNull(),
  vendors: text('vendors').array().notNull().default([]),
  demo: boolean('demo').notNull().default(false),
  version: integer('version').notNull().default(1),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
});

export const qcResultTable = pgTable(
  'qc_result',
  {
    accountId: text('account_id').notNull(),
    creativeId: text('creative_id').notNull(),
    packId: text('pack_id').notNull(),
    packVersion: text('pack_version').notNull(),
    position: integer('position').notNull(),
    verdict: text('verdict').notNull(),
    blocks: integer('blocks').notNull(),
    warns: integer('warns').notNull(),
    passes: integer('passes').notNull(),
    findings: jsonb('findings').$type<unknown>().notNull(),
    checkedAt: timestamp('checked_at', { withTimezone: true }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.creativeId, t.packId] })],
);

export const hlsPackageTable = pgTable(
  'hls_package',
  {
    accountId: text('account_id').notNull(),
    assetId: text('asset_id').notNull(),
    status: text('status').notNull(),
    packageHash: text('package_hash'),
    durationMs: integer('duration_ms'),
    sizeBytes: bigint('size_bytes', { mode: 'number' }),
    files: jsonb('files').$type<unknown>().notNull().default([]),
    renditions: jsonb('renditions').$type<unknown>().notNull().default([]),
    detail: text('detail'),
    retryAt: timestamp('retry_at', { withTimezone: true }),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.accountId, t.assetId] })],
);

export const approvalEventTable = pgTable('approval_event', {
  id: text('id').primaryKey(),
  accountId: text('account_id').notNull(),
  creativeId: text('creative_id').notNull(),
  at: timestamp('at', { withTimezone: true }).notNull(),
  actorId: text('actor_id').notNull(),
  actorName: text('actor_name').notNull(),
  action: text('action').notNull(),
  fromState: text('from_state').notNull(),
  toState: text('to_state').notNull(),
  reason: text('reason'),
});

export const specPackTable = pgTable('spec_pack', {
  id: text('id').primaryKey(),
  position: integer('position').notNull(),
  defaultMatrix: boolean('default_matrix').notNull(),
  data: jsonb('data').$type<unknown>().notNull(),
  dataVersion: text('data_version').notNull(),
  loadedAt: timestamp('loaded_at', { withTimezone: true }).notNull().defaultNow(),
});
