import type { ReportDefinition, ReportRun, ReportSchedule, ReportVisibility } from '@cuepoint/contract';
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

type Row<T extends keyof ReportSchedule> = ReportSchedule[T];

/** When a saved view is sent as a file, and where to. */
export const reportScheduleTable = pgTable('report_schedule', {
  id: text('id').primaryKey(),
  accountId: text('account_id').notNull(),
  reportViewId: text('report_view_id').notNull(),
  frequency: text('frequency').$type<Row<'frequency'>>().notNull(),
  weekday: text('weekday').$type<Row<'weekday'>>(),
  dayOfMonth: integer('day_of_month'),
  localTime: text('local_time').notNull(),
  timeZone: text('time_zone').notNull(),
  format: text('format').$type<Row<'format'>>().notNull(),
  destination: text('destination').$type<Row<'destination'>>().notNull(),
  recipients: text('recipients').array().notNull().default([]),
  webhookUrl: text('webhook_url'),
  secretVersion: integer('secret_version').notNull().default(1),
  status: text('status').$type<Row<'status'>>().notNull(),
  nextRunAt: timestamp('next_run_at', { withTimezone: true }),
  version: integer('version').notNull().default(1),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull(),
});

/** The file of a run as its row knows it; the bytes lie in the store of report files. */
export type RunFile = NonNullable<ReportRun['file']> & { mediaType: string; currencies: string[] };

/** One sending of one file. */
export const reportRunTable = pgTable('report_run', {
  id: text('id').primaryKey(),
  accountId: text('account_id').notNull(),
  reportScheduleId: text('report_schedule_id').notNull(),
  trigger: text('trigger').$type<ReportRun['trigger']>().notNull(),
  scheduledFor: timestamp('scheduled_for', { withTimezone: true }).notNull(),
  missedRuns: integer('missed_runs').notNull().default(0),
  status: text('status').$type<ReportRun['status']>().notNull().default('queued'),
  format: text('format').$type<Row<'format'>>().notNull(),
  destination: text('destination').$type<Row<'destination'>>().notNull(),
  recipients: text('recipients').array().notNull().default([]),
  webhookUrl: text('webhook_url'),
  file: jsonb('file').$type<RunFile>(),
  tries: integer('tries').notNull().default(0),
  nextAttemptAt: timestamp('next_attempt_at', { withTimezone: true }),
  problem: text('problem'),
  createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull(),
  sentAt: timestamp('sent_at', { withTimezone: true }),
});

export const reportAttemptTable = pgTable('report_attempt', {
  accountId: text('account_id').notNull(),
  reportRunId: text('report_run_id').notNull(),
  number: integer('number').notNull(),
  startedAt: timestamp('started_at', { withTimezone: true }).notNull(),
  endedAt: timestamp('ended_at', { withTimezone: true }),
  outcome: text('outcome').$type<'sent' | 'failed' | 'interrupted'>(),
  detail: text('detail'),
});
