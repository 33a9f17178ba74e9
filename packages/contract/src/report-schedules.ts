import { z } from 'zod';
import { DateOnly, HttpsUrl, Instant, stored, TimeZone } from './common.ts';
import { ReportRunId, ReportScheduleId, ReportViewId } from './ids.ts';
import { defineOperation } from './operation.ts';
import { pageInput, pageOf } from './page.ts';
import { REPORT_FORMATS, ReportFile } from './report.ts';

export const SCHEDULE_FREQUENCIES = ['daily', 'weekly', 'monthly'] as const;
export const WEEKDAYS = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const;
export const REPORT_DESTINATIONS = ['email', 'webhook', 'storage'] as const;
export type ReportDestination = (typeof REPORT_DESTINATIONS)[number];
export const SCHEDULE_STATUSES = ['active', 'paused', 'archived'] as const;
/** `waiting`: for figures to be counted, or for the receiver after a failed attempt. */
export const REPORT_RUN_STATUSES = ['queued', 'waiting', 'sending', 'sent', 'failed'] as const;

export const LocalTime = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time of day such as 06:30')
  .meta({ description: 'time of day in the time zone, HH:MM' });

const ReportAttempt = z.object({
  number: z.int(),
  startedAt: Instant,
  endedAt: Instant.nullable(),
  /** `interrupted`: the process ended before it knew; the same run is sent again under the same key. */
  outcome: z.enum(['sent', 'failed', 'interrupted']).nullable(),
  detail: z.string().nullable(),
});

export const ReportRun = z.object({
  id: ReportRunId,
  reportScheduleId: ReportScheduleId,
  reportViewId: ReportViewId,
  reportViewName: z.string(),
  trigger: z.enum(['schedule', 'manual']),
  /** The instant its days are told from. */
  scheduledFor: Instant,
  /** Runs before it that were missed while nothing ran, and that it stands for. */
  missedRuns: z.int(),
  status: z.enum(REPORT_RUN_STATUSES),
  format: z.enum(REPORT_FORMATS),
  destination: z.enum(REPORT_DESTINATIONS),
  recipients: z.array(z.string()),
  webhookUrl: z.string().nullable(),
  /** Null until the file is made. */
  file: z
    .object({
      name: z.string(),
      sizeBytes: z.int(),
      sha256: z.string(),
      rows: z.int(),
      from: DateOnly,
      to: DateOnly,
      timeZone: z.string(),
      /** Where storage has it; the same for every attempt. */
      storageKey: z.string(),
      /** Events up to there are in it. */
      freshAt: Instant.nullable(),
      /** Everything of its days that had happened by `scheduledFor` is in it. */
      isComplete: z.boolean(),
      /** What is missing; null when it is complete. */
      missing: z.string().nullable(),
    })
    .nullable(),
  attempts: z.array(ReportAttempt),
  nextAttemptAt: Instant.nullable(),
  /** Why the last attempt failed, or what it waits for. */
  problem: z.string().nullable(),
  createdAt: Instant,
  sentAt: Instant.nullable(),
});
export type ReportRun = z.infer<typeof ReportRun>;

export const ReportSchedule = z.object({
  id: ReportScheduleId,
  reportViewId: ReportViewId,
  reportViewName: z.string(),
  frequency: z.enum(SCHEDULE_FREQUENCIES),
  weekday: z.enum(WEEKDAYS).nullable(),
  /** In shorter months the last day. */
  dayOfMonth: z.int().nullable(),
  localTime: z.string(),
  timeZone: z.string(),
  format: z.enum(REPORT_FORMATS),
  destination: z.enum(REPORT_DESTINATIONS),
  recipients: z.array(z.string()),
  webhookUrl: z.string().nullable(),
  status: z.enum(SCHEDULE_STATUSES),
  /** Null while it is paused or archived. */
  nextRunAt: Instant.nullable(),
  lastRun: ReportRun.pick({
    id: true,
    status: true,
    scheduledFor: true,
    sentAt: true,
    problem: true,
  }).nullable(),
  ...stored,
});
export type ReportSchedule = z.infer<typeof ReportSchedule>;

const recipients = z
  .array(z.email('expected an e-mail address').max(254))
  .max(20)
  .meta({ description: 'e-mail addresses, with `email`' });
const when = {
  frequency: z.enum(SCHEDULE_FREQUENCIES).meta({ description: 'how often' }),
  weekday: z.enum(WEEKDAYS).nullable().meta({ description: 'with `weekly`' }),
  dayOfMonth: z
    .int()
    .min(1)
    .max(31)
    .nullable()
    .meta({ description: 'with `monthly`; the last day in shorter months' }),
  localTime: LocalTime,
  timeZone: TimeZone,
  format: z.enum(REPORT_FORMATS).meta({ description: 'kind of file' }),
  destination: z.enum(REPORT_DESTINATIONS).meta({
    description: '`email` with the file attached, `webhook` as a signed POST, or `storage` of this server',
  }),
  recipients,
  webhookUrl: HttpsUrl.nullable().meta({ description: 'https address, with `webhook`' }),
};

const scheduleErrors = ['report_schedule.invalid', 'report_schedule.mail_not_set_up'] as const;

export const listReportSchedules = defineOperation({
  id: 'reporting.listReportSchedules',
  summary: 'Schedules of saved views, with their next and last run, newest first',
  effect: 'read',
  permission: 'reporting:read',
  input: z.strictObject({
    ...pageInput,
    reportViewId: ReportViewId.optional().meta({ description: 'of one saved view' }),
    archived: z.boolean().default(false).meta({ description: 'the archived ones instead' }),
  }),
  output: pageOf(ReportSchedule),
  errors: [],
  rest: { method: 'GET', path: '/v1/reports/schedules' },
  cli: { command: 'report-schedules list' },
});

export const getReportSchedule = defineOperation({
  id: 'reporting.getReportSchedule',
  summary: 'One report schedule, with its next and last run',
  effect: 'read',
  permission: 'reporting:read',
  input: z.strictObject({ reportScheduleId: ReportScheduleId }),
  output: ReportSchedule,
  errors: ['report_schedule.not_found'],
  rest: { method: 'GET', path: '/v1/reports/schedules/:reportScheduleId' },
  cli: { command: 'report-schedules show', positional: ['reportScheduleId'] },
});

export const createReportSchedule = defineOperation({
  id: 'reporting.createReportSchedule',
  summary: 'Sends a saved view as a file, daily, weekly or monthly',
  description:
    'A run is made at the local time of the time zone, also on days of 23 and 25 hours, and waits up to two hours for the figures of its days to be counted; what is missing then is said. Runs missed while the server was down are made up for by one. A failed attempt is repeated with growing pauses under the same key, so that a receiver can tell it from a new run.',
  effect: 'create',
  permission: 'reporting:write',
  dryRun: true,
  input: z.strictObject({
    reportViewId: ReportViewId,
    frequency: when.frequency,
    weekday: when.weekday.default(null),
    dayOfMonth: when.dayOfMonth.default(null),
    localTime: when.localTime.default('06:00'),
    timeZone: TimeZone.optional().meta({ description: "IANA time zone; the view's when left out" }),
    format: when.format.default('csv'),
    destination: when.destination,
    recipients: when.recipients.default([]),
    webhookUrl: when.webhookUrl.default(null),
  }),
  output: ReportSchedule,
  errors: ['report_view.not_found', 'report_view.archived', ...scheduleErrors],
  rest: { method: 'POST', path: '/v1/reports/schedules' },
  cli: { command: 'report-schedules create', positional: ['reportViewId'] },
});

export const updateReportSchedule = defineOperation({
  id: 'reporting.updateReportSchedule',
  summary: 'Changes a report schedule; what is left out stays',
  effect: 'update',
  permission: 'reporting:write',
  versioned: true,
  dryRun: true,
  input: z.strictObject({
    reportScheduleId: ReportScheduleId,
    frequency: when.frequency.optional(),
    weekday: when.weekday.optional(),
    dayOfMonth: when.dayOfMonth.optional(),
    localTime: when.localTime.optional(),
    timeZone: when.timeZone.optional(),
    format: when.format.optional(),
    destination: when.destination.optional(),
    recipients: when.recipients.optional(),
    webhookUrl: when.webhookUrl.optional(),
    renewSecret: z
      .boolean()
      .default(false)
      .meta({ description: 'signs by a new secret from now on; the old one is void' }),
  }),
  output: ReportSchedule,
  errors: ['report_schedule.not_found', 'report_schedule.archived', ...scheduleErrors],
  rest: { method: 'PATCH', path: '/v1/reports/schedules/:reportScheduleId' },
  cli: { command: 'report-schedules update', positional: ['reportScheduleId'] },
});

const byId = z.strictObject({ reportScheduleId: ReportScheduleId });
const moveErrors = ['report_schedule.not_found', 'report_schedule.archived'] as const;

export const pauseReportSchedule = defineOperation({
  id: 'reporting.pauseReportSchedule',
  summary: 'Pauses a report schedule: it runs no more by itself',
  effect: 'update',
  permission: 'reporting:write',
  dryRun: true,
  input: byId,
  output: ReportSchedule,
  errors: moveErrors,
  rest: { method: 'POST', path: '/v1/reports/schedules/:reportScheduleId/pause' },
  cli: { command: 'report-schedules pause', positional: ['reportScheduleId'] },
});

export const resumeReportSchedule = defineOperation({
  id: 'reporting.resumeReportSchedule',
  summary: 'Resumes a paused report schedule from its next time; nothing in between is made up for',
  effect: 'update',
  permission: 'reporting:write',
  dryRun: true,
  input: byId,
  output: ReportSchedule,
  errors: [...moveErrors, 'report_schedule.mail_not_set_up'],
  rest: { method: 'POST', path: '/v1/reports/schedules/:reportScheduleId/resume' },
  cli: { command: 'report-schedules resume', positional: ['reportScheduleId'] },
});

export const archiveReportSchedule = defineOperation({
  id: 'reporting.archiveReportSchedule',
  summary: 'Archives a report schedule; what waits to be sent is not sent any more',
  effect: 'delete',
  permission: 'reporting:write',
  dryRun: true,
  input: byId,
  output: ReportSchedule,
  errors: ['report_schedule.not_found'],
  rest: { method: 'DELETE', path: '/v1/reports/schedules/:reportScheduleId' },
  cli: { command: 'report-schedules archive', positional: ['reportScheduleId'] },
});

export const getReportScheduleSecret = defineOperation({
  id: 'reporting.getReportScheduleSecret',
  summary: 'The secret that the webhooks of a report schedule are signed with',
  description:
    'Each POST carries `Cuepoint-Signature: t=<Unix seconds>,v1=<hex>`, the HMAC-SHA-256 of `<t>.<body>` with this secret, and `Idempotency-Key`, the id of the run.',
  effect: 'read',
  permission: 'reporting:write',
  input: byId,
  output: z.object({ reportScheduleId: ReportScheduleId, signingSecret: z.string() }),
  errors: ['report_schedule.not_found', 'report_schedule.invalid'],
  rest: { method: 'GET', path: '/v1/reports/schedules/:reportScheduleId/secret' },
  cli: { command: 'report-schedules secret', positional: ['reportScheduleId'] },
});

export const runReportSchedule = defineOperation({
  id: 'reporting.runReportSchedule',
  summary: 'Runs a report schedule now, beside its own times',
  effect: 'create',
  permission: 'reporting:write',
  longRunning: true,
  input: byId,
  output: ReportRun,
  errors: [...moveErrors, 'report_schedule.mail_not_set_up'],
  rest: { method: 'POST', path: '/v1/reports/schedules/:reportScheduleId/runs' },
  cli: { command: 'report-schedules run', positional: ['reportScheduleId'] },
});

export const listReportRuns = defineOperation({
  id: 'reporting.listReportRuns',
  summary: 'Runs of report schedules with their attempts, newest first',
  effect: 'read',
  permission: 'reporting:read',
  input: z.strictObject({
    ...pageInput,
    reportScheduleId: ReportScheduleId.optional().meta({ description: 'of one schedule' }),
    status: z.array(z.enum(REPORT_RUN_STATUSES)).min(1).optional().meta({ description: 'in these states' }),
  }),
  output: pageOf(ReportRun),
  errors: [],
  rest: { method: 'GET', path: '/v1/reports/runs' },
  cli: { command: 'report-runs list' },
});

const runById = z.strictObject({ reportRunId: ReportRunId });

export const getReportRun = defineOperation({
  id: 'reporting.getReportRun',
  summary: 'One run of a report schedule, with its attempts',
  effect: 'read',
  permission: 'reporting:read',
  input: runById,
  output: ReportRun,
  errors: ['report_run.not_found'],
  rest: { method: 'GET', path: '/v1/reports/runs/:reportRunId' },
  cli: { command: 'report-runs show', positional: ['reportRunId'] },
});

export const retryReportRun = defineOperation({
  id: 'reporting.retryReportRun',
  summary: 'Sends a failed run again, the same file under the same key',
  effect: 'update',
  permission: 'reporting:write',
  input: runById,
  output: ReportRun,
  errors: [
    'report_run.not_found',
    'report_run.not_failed',
    'report_schedule.archived',
    'report_schedule.mail_not_set_up',
  ],
  rest: { method: 'POST', path: '/v1/reports/runs/:reportRunId/retry' },
  cli: { command: 'report-runs retry', positional: ['reportRunId'] },
});

export const downloadReportRun = defineOperation({
  id: 'reporting.downloadReportRun',
  summary: 'The file of a run, wherever it was sent to',
  effect: 'read',
  permission: 'reporting:read',
  input: runById,
  output: ReportFile,
  errors: ['report_run.not_found', 'report_run.no_file'],
  rest: { method: 'GET', path: '/v1/reports/runs/:reportRunId/file', download: true },
  cli: { command: 'report-runs file', positional: ['reportRunId'] },
});

export const reportScheduleOperations = [
  listReportSchedules,
  getReportSchedule,
  createReportSchedule,
  updateReportSchedule,
  pauseReportSchedule,
  resumeReportSchedule,
  archiveReportSchedule,
  getReportScheduleSecret,
  runReportSchedule,
  listReportRuns,
  getReportRun,
  retryReportRun,
  downloadReportRun,
] as const;
