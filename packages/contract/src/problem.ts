import { z } from 'zod';

/** RFC 9457 problem details, with our stable `code` and, for bad input, one entry per field. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.string(),
  remedy: z.string().optional(),
  instance: z.string().optional(),
  requestId: z.string().optional(),
  /** Of the trace that the request was part of, where traces are kept. */
  traceId: z.string().optional(),
  retryAfterMs: z.int().optional(),
  fields: z
    .array(
      z.object({
        field: z.string(),
        message: z.string(),
        value: z.unknown().optional(),
        accepted: z.string().optional(),
      }),
    )
    .optional(),
  details: z.record(z.string(), z.unknown()).optional(),
});
export type Problem = z.infer<typeof Problem>;

export interface ErrorDefinition {
  status: number;
  title: string;
  remedy: string;
}

/** Exit codes of the command line, by kind of failure. */
export const exitCodes = {
  ok: 0,
  failure: 1,
  usage: 2,
  config: 3,
  auth: 4,
  notFound: 5,
  conflict: 6,
  blocked: 7,
  rateLimited: 8,
  upstream: 9,
} as const;

/** HTTP status of a problem to the exit code of the command line. */
export function exitCodeOf(status: number, code: string): number {
  if (code.startsWith('config.')) return exitCodes.config;
  if (code === 'input.invalid') return exitCodes.usage;
  if (status === 401 || status === 403) return exitCodes.auth;
  if (status === 404 || status === 410) return exitCodes.notFound;
  if (status === 409 || status === 412 || status === 428) return exitCodes.conflict;
  if (status === 422 || status === 413 || status === 415) return exitCodes.blocked;
  if (status === 429) return exitCodes.rateLimited;
  if (status === 502 || status === 503 || status === 504) return exitCodes.upstream;
  return exitCodes.failure;
}

/**
 * Every public error code, with its HTTP status and what the caller can do.
 * A code that no operation declares and the pipeline never raises is dead and fails the docs check.
 */
export const errorCatalog = {
  'input.invalid': {
    status: 400,
    title: 'The input does not fit',
    remedy: 'Correct the named fields; each says what is accepted.',
  },
  'auth.required': {
    status: 401,
    title: 'Sign in first',
    remedy: 'Sign in, or send an API key as a Bearer token.',
  },
  'auth.invalid': {
    status: 401,
    title: 'E-mail or password not accepted',
    remedy: 'Check both; after several failures wait for the stated time.',
  },
  'auth.link_expired': {
    status: 410,
    title: 'This sign-in link has expired or was used',
    remedy: 'Ask for a new one: cuepoint sign-in-link.',
  },
  'auth.forbidden': {
    status: 403,
    title: 'Not allowed for your role',
    remedy: 'Ask an admin of the account for a role that has the named permission.',
  },
  'auth.origin_refused': {
    status: 403,
    title: 'The request came from another site',
    remedy: 'Send changes from the console itself, or use an API key.',
  },
  'confirmation.required': {
    status: 403,
    title: 'An agent may not do this without a person',
    remedy: 'Have a person run it, or run it with dryRun to show what would change.',
  },
  'rate.limited': { status: 429, title: 'Too many requests', remedy: 'Wait for the time in Retry-After.' },
  'idempotency.mismatch': {
    status: 422,
    title: 'The idempotency key was used with other input',
    remedy: 'Use a new key for a new request.',
  },
  'idempotency.answer_withheld': {
    status: 409,
    title: 'Done before; the answer is not kept',
    remedy: 'The secret was shown once. Revoke it and make a new one with a new key.',
  },
  'version.required': {
    status: 428,
    title: 'Say which version you saw',
    remedy: 'Send the version of the object in If-Match.',
  },
  'version.conflict': {
    status: 412,
    title: 'Somebody changed it meanwhile',
    remedy: 'Read it again, then repeat the change with the new version.',
  },
  'user.not_found': {
    status: 404,
    title: 'No such user in this account',
    remedy: 'List users and check the id.',
  },
  'user.exists': {
    status: 409,
    title: 'This person is already a member',
    remedy: 'Change the role instead.',
  },
  'user.last_admin': {
    status: 409,
    title: 'An account keeps one admin',
    remedy: 'Make somebody else admin first.',
  },
  'api_key.not_found': { status: 404, title: 'No such API key', remedy: 'List the keys and check the id.' },
  'market.not_found': { status: 404, title: 'No such market', remedy: 'List markets, or create it first.' },
  'brand.not_found': { status: 404, title: 'No such brand', remedy: 'List brands, or create it first.' },
  'channel.not_found': {
    status: 404,
    title: 'No such channel',
    remedy: 'List channels, or create it first.',
  },
  'placement.not_found': {
    status: 404,
    title: 'No such placement',
    remedy: 'List placements and check the id.',
  },
  'placement.invalid': {
    status: 422,
    title: 'The rules of the placement do not fit together',
    remedy: 'Correct the named fields; each says what is accepted.',
  },
  'placement.host_taken': {
    status: 409,
    title: 'Another placement has this host',
    remedy: 'Take the host off the other placement first; a host means one placement.',
  },
  'placement.is_default': {
    status: 409,
    title: 'An account keeps one default placement',
    remedy: 'Make another placement the default first.',
  },
  'billing_entry.not_found': {
    status: 404,
    title: 'No such billing entry',
    remedy: 'List billing entries, the cancelled ones too, and check the id.',
  },
  'billing_entry.invalid': {
    status: 422,
    title: 'The fields of the billing entry do not fit together',
    remedy: 'Correct the named fields; each says what is accepted.',
  },
  'billing_entry.exceeds_spend': {
    status: 409,
    title: 'A credit is never more than was spent',
    remedy: 'Grant at most what the answer says is left, or owe impressions as a make-good.',
  },
  'billing_entry.cancelled': {
    status: 409,
    title: 'The billing entry was cancelled before',
    remedy: 'Nothing is left to do; make a new entry if it should count after all.',
  },
  'viewer_erasure.not_found': {
    status: 404,
    title: 'No such erasure',
    remedy: 'List erasures and check the id.',
  },
  'viewer_erasure.invalid': {
    status: 422,
    title: 'This cannot be the id of a viewer',
    remedy: 'Send the id as requests of the player carry it; the message says what is accepted.',
  },
  'report_view.not_found': {
    status: 404,
    title: 'No such saved view',
    remedy: 'List saved views, the archived ones too, and check the id; a private one is seen by its owner.',
  },
  'report_view.invalid': {
    status: 422,
    title: 'The fields of the saved view do not fit together',
    remedy: 'Correct the named field; the answer says what is accepted.',
  },
  'report_view.archived': {
    status: 409,
    title: 'The saved view is archived',
    remedy: 'Save the question under a new name.',
  },
  'report_view.not_owner': {
    status: 403,
    title: 'Only its owner or an administrator may make a shared view private',
    remedy: 'Ask the owner, or save a view of your own.',
  },
  'report_view.scheduled': {
    status: 409,
    title: 'Schedules still send this view',
    remedy: 'Archive its schedules first; the answer names them.',
  },
  'report_schedule.not_found': {
    status: 404,
    title: 'No such report schedule',
    remedy: 'List report schedules, the archived ones too, and check the id.',
  },
  'report_schedule.invalid': {
    status: 422,
    title: 'The fields of the report schedule do not fit together',
    remedy: 'Correct the named field; the answer says what is accepted.',
  },
  'report_schedule.archived': {
    status: 409,
    title: 'The report schedule is archived',
    remedy: 'Make a new schedule for the view.',
  },
  'report_schedule.mail_not_set_up': {
    status: 409,
    title: 'E-mail is not set up on this server',
    remedy: 'Have CUEPOINT_SMTP_URL and CUEPOINT_MAIL_FROM set, or send by webhook or to storage.',
  },
  'report_run.not_found': {
    status: 404,
    title: 'No such report run',
    remedy: 'List the runs of the schedule and check the id.',
  },
  'report_run.not_failed': {
    status: 409,
    title: 'Only a failed run can be tried again',
    remedy: 'Wait until it is sent or failed, or run the schedule now.',
  },
  'report_run.no_file': {
    status: 409,
    title: 'The run has no file',
    remedy: 'Wait until it was made, or run the schedule again when its file was removed for age.',
  },
  'publisher.not_found': {
    status: 404,
    title: 'No such publisher',
    remedy: 'List publishers and check the id.',
  },
  'app.not_found': { status: 404, title: 'No such app', remedy: 'List apps and check the id.' },
  'app.in_use': {
    status: 409,
    title: 'Placements lie in this app',
    remedy: 'Archive or move its placements first.',
  },
  'code.taken': {
    status: 409,
    title: 'This code is in use',
    remedy: 'Choose another code; codes are part of names.',
  },
  'name.invalid': {
    status: 422,
    title: 'The name cannot be composed',
    remedy: 'Correct the named dimension; names are generated from codes.',
  },
  'name.taken': {
    status: 409,
    title: 'A campaign of this name exists',
    remedy: 'Choose another campaign label; names are unique in an account.',
  },
  'campaign.not_found': {
    status: 404,
    title: 'No such campaign',
    remedy: 'List campaigns and check the id.',
  },
  'campaign.transition_denied': {
    status: 409,
    title: 'This change of status is not allowed',
    remedy: 'The detail names the moves that are.',
  },
  'campaign.dates_invalid': {
    status: 422,
    title: 'The dates do not fit',
    remedy: 'The end must lie after the start, and a flight inside its campaign.',
  },
  'campaign.budget_invalid': {
    status: 422,
    title: 'The budget does not fit',
    remedy: 'Line item budgets add up to at most the campaign budget, and cover what is spent.',
  },
  'line_item.not_found': {
    status: 404,
    title: 'No such line item',
    remedy: 'List line items and check the id.',
  },
  'line_item.invalid': {
    status: 422,
    title: 'The settings of the line item do not fit together',
    remedy: 'Correct the named fields; each says what is accepted.',
  },
  'targeting.invalid': {
    status: 422,
    title: 'The targeting does not fit',
    remedy: 'Correct the named paths of the tree; each says what is accepted.',
  },
  'flight.not_found': {
    status: 404,
    title: 'No such flight',
    remedy: 'Show the line item and check the id.',
  },
  'flight.invalid': {
    status: 422,
    title: 'The flight does not fit',
    remedy: 'A flight needs a budget or a goal, and flights of one line item must not overlap.',
  },
  'flight.has_delivery': {
    status: 409,
    title: 'The flight has delivered',
    remedy: 'It stays for the reports; move its end to stop it.',
  },
  'creative.not_found': {
    status: 404,
    title: 'No such creative',
    remedy: 'List creatives and check the id.',
  },
  'creative.transition_denied': {
    status: 409,
    title: 'This approval move is not allowed',
    remedy: 'The detail names the moves that are.',
  },
  'creative.reason_required': {
    status: 422,
    title: 'Say why',
    remedy: 'Give a reason when rejecting or requesting changes.',
  },
  'creative.qc_blocking': {
    status: 422,
    title: 'Quality control blocks it',
    remedy: 'Fix the blocking findings, or upload a corrected file.',
  },
  'creative.not_ready': {
    status: 409,
    title: 'The creative has no measured video yet',
    remedy: 'Wait until processing is done, or upload a file.',
  },
  'creative.not_approved': {
    status: 409,
    title: 'The creative is not approved',
    remedy: 'Submit and approve it first; nothing unapproved is trafficked or served.',
  },
  'creative.vast_invalid': {
    status: 422,
    title: 'The VAST tag would not be valid',
    remedy: 'Correct the named part; findings say what the specification asks for.',
  },
  'vendor.retired': {
    status: 422,
    title: 'This measurement vendor has ended its service',
    remedy: 'Moat ended on 30 September 2024. Leave it out, or set legacyMoat for historic tags.',
  },
  'media.not_a_video': {
    status: 415,
    title: 'The file is not a video',
    remedy: 'Upload an MP4 (H.264 video, AAC audio).',
  },
  'media.truncated': {
    status: 422,
    title: 'The file is incomplete',
    remedy: 'Export or upload it again; part of it is missing.',
  },
  'media.unreadable': {
    status: 422,
    title: 'The file could not be decoded',
    remedy: 'Export it again as MP4 with H.264 video and AAC audio.',
  },
  'media.too_large': { status: 413, title: 'The file is too large', remedy: 'The detail names the limit.' },
  'media.too_long': { status: 422, title: 'The video is too long', remedy: 'The detail names the limit.' },
  'media.tool_missing': {
    status: 503,
    title: 'No ffmpeg found',
    remedy: 'Install ffmpeg, or run npm ci so that the bundled one is present.',
  },
  'link.expired': {
    status: 410,
    title: 'The link has expired',
    remedy: 'Load the page again for a new link.',
  },
  'link.forged': {
    status: 403,
    title: 'The link is not ours',
    remedy: 'Use links exactly as they were given.',
  },
  'brief.invalid': {
    status: 422,
    title: 'The brief does not fit',
    remedy: 'Correct the named fields; docs/brief.md describes them.',
  },
  'generation.not_found': { status: 404, title: 'No such generation job', remedy: 'Check the id.' },
  'dsp.not_offered': {
    status: 422,
    title: 'No adapter for this destination yet',
    remedy: 'The detail lists destinations that can be trafficked now.',
  },
  'deployment.not_found': {
    status: 404,
    title: 'No such deployment',
    remedy: 'List deployments and check the id.',
  },
  'deployment.exists': {
    status: 409,
    title: 'This creative is already with this destination',
    remedy: 'Follow the deployment that the detail names.',
  },
  'deployment.transition_denied': {
    status: 409,
    title: 'This deployment cannot do that now',
    remedy: 'The detail names its status and what is possible.',
  },
  'decision.not_found': {
    status: 404,
    title: 'No such decision',
    remedy: 'Check the id; decisions are kept as long as the log of the delivery node.',
  },
  'snapshot.not_kept': {
    status: 410,
    title: 'The snapshot of this decision is no longer kept',
    remedy: 'Snapshots are kept for the days of the setting snapshotRetentionDays.',
  },
  'archive.off': {
    status: 409,
    title: 'Raw events are not archived',
    remedy: 'Set CUEPOINT_EVENT_ARCHIVE=true; records are archived from then on.',
  },
  'query.invalid': {
    status: 422,
    title: 'The query cannot be run',
    remedy: 'Send one SELECT over the table events; the detail says what is wrong with this one.',
  },
  'query.limit': {
    status: 422,
    title: 'The query takes more than it is given',
    remedy:
      'Ask for a shorter time, fewer columns, or sums; larger questions belong to an engine of your own.',
  },
  'delivery.unavailable': {
    status: 503,
    title: 'The delivery node does not answer',
    remedy: 'Repeat the request in a moment; cuepoint status shows the node.',
  },
  'supply_path.not_found': { status: 404, title: 'No such supply path', remedy: 'List supply paths.' },
  'supply.infeasible': {
    status: 422,
    title: 'The fees exceed the price',
    remedy: 'Raise the base CPM or lower the fees.',
  },
  'control.unavailable': {
    status: 503,
    title: 'The control plane does not answer',
    remedy: 'Ads are served meanwhile; repeat the request in a moment.',
  },
  not_found: { status: 404, title: 'No such address', remedy: 'See /docs for every address.' },
  internal: {
    status: 500,
    title: 'Something failed on our side',
    remedy: 'Repeat the request; if it stays, report the request id.',
  },
} as const satisfies Record<string, ErrorDefinition>;

export type ErrorCode = keyof typeof errorCatalog;

/** Errors that the pipeline itself may answer, whatever the operation declares. */
export const pipelineErrors = [
  'input.invalid',
  'auth.required',
  'auth.forbidden',
  'auth.origin_refused',
  'confirmation.required',
  'rate.limited',
  'idempotency.mismatch',
  'idempotency.answer_withheld',
  'version.required',
  'version.conflict',
  'internal',
] as const satisfies readonly ErrorCode[];
