import { z } from 'zod';
import { HttpsUrl, Instant, simulated, stored } from './common.ts';
import { AssetId, CampaignId, CreativeId, LineItemId } from './ids.ts';
import { defineOperation, UploadedFile } from './operation.ts';
import { pageInput, pageOf } from './page.ts';

export const ApprovalState = z.enum([
  'draft',
  'submitted',
  'approved',
  'rejected',
  'changes_requested',
  'trafficked',
]);
export type ApprovalState = z.infer<typeof ApprovalState>;
export const ApprovalAction = z.enum(['submit', 'approve', 'reject', 'request_changes', 'withdraw']);
export type ApprovalAction = z.infer<typeof ApprovalAction>;

export const Vendor = z.enum(['ias', 'doubleverify', 'moat']);
export type Vendor = z.infer<typeof Vendor>;

export const QcFinding = z.object({
  rule: z.string(),
  check: z.string(),
  status: z.enum(['passed', 'warn', 'block', 'not_measured']),
  measured: z.string(),
  limit: z.string(),
  timecodeMs: z.int().nullable(),
  remedy: z.string(),
  source: z.string(),
  confidence: z.string(),
});
export type QcFinding = z.infer<typeof QcFinding>;

export const QcPackResult = z.object({
  packId: z.string(),
  packName: z.string(),
  packVersion: z.string(),
  source: z.string(),
  verdict: z.enum(['pass', 'warn', 'block']),
  blocks: z.int(),
  warns: z.int(),
  passes: z.int(),
  findings: z.array(QcFinding),
});
export type QcPackResult = z.infer<typeof QcPackResult>;

export const Measurement = z.object({
  container: z.string(),
  sizeBytes: z.int(),
  durationMs: z.int(),
  totalBitrateBps: z.number(),
  moovFirst: z.boolean().nullable(),
  video: z
    .object({
      codec: z.string(),
      profile: z.string().nullable(),
      level: z.int().nullable(),
      width: z.int(),
      height: z.int(),
      sampleAspect: z.string().nullable(),
      pixelFormat: z.string().nullable(),
      fps: z.number(),
      fpsConstant: z.boolean().nullable(),
      interlaced: z.boolean().nullable(),
      bitrateBps: z.number().nullable(),
      durationMs: z.int(),
      frameCount: z.int().nullable(),
    })
    .nullable(),
  audio: z
    .object({
      codec: z.string(),
      sampleRateHz: z.int(),
      channels: z.int(),
      bitrateBps: z.number().nullable(),
      durationMs: z.int(),
      integratedLufs: z.number().nullable(),
      truePeakDbtp: z.number().nullable(),
    })
    .nullable(),
  stretches: z.array(
    z.object({ kind: z.enum(['black', 'frozen', 'silent']), startMs: z.int(), endMs: z.int() }),
  ),
  tools: z.array(z.string()),
  measuredInMs: z.number(),
});
export type Measurement = z.infer<typeof Measurement>;

export const QcReport = z.object({
  creativeId: CreativeId,
  measuredAt: Instant,
  measurement: Measurement,
  packs: z.array(QcPackResult),
  blocks: z.int(),
  warns: z.int(),
});
export type QcReport = z.infer<typeof QcReport>;

export const ApprovalEvent = z.object({
  at: Instant,
  actor: z.string(),
  action: z.string(),
  from: ApprovalState,
  to: ApprovalState,
  reason: z.string().nullable(),
});
export type ApprovalEvent = z.infer<typeof ApprovalEvent>;

/** Of the file: whether it plays as HLS, which players and ad insertion guided by a server ask for. */
export const Packaging = z.object({
  /** `none` before its first approval; `failed` leaves it to be served as MP4. */
  status: z.enum(['none', 'pending', 'ready', 'failed']),
  /** For people: what it is made of, or why it failed. */
  detail: z.string().nullable(),
});
export type Packaging = z.infer<typeof Packaging>;

export const Creative = z.object({
  id: CreativeId,
  campaignId: CampaignId,
  campaignName: z.string(),
  lineItemId: LineItemId.nullable(),
  name: z.string(),
  /** Of the file: processing until measured. */
  status: z.enum(['processing', 'active', 'inactive', 'failed']),
  failure: z.string().nullable(),
  approval: ApprovalState,
  source: z.enum(['generated', 'uploaded']),
  simulated,
  assetId: AssetId.nullable(),
  sha256: z.string().nullable(),
  durationMs: z.int().nullable(),
  width: z.int().nullable(),
  height: z.int().nullable(),
  universalAdId: z.string(),
  clickThroughUrl: z.string(),
  vendors: z.array(Vendor),
  /** Signed, expiring addresses for people of the account; players use the VAST tag. */
  videoUrl: z.string().nullable(),
  thumbnailUrl: z.string().nullable(),
  frames: z.array(z.object({ atMs: z.int(), url: z.string() })),
  packaging: Packaging,
  qc: z
    .object({
      blocks: z.int(),
      warns: z.int(),
      passes: z.int(),
      packs: z.array(QcPackResult.omit({ findings: true })),
    })
    .nullable(),
  /** What a person may do next, with the reason when it may not be done now. */
  actions: z.array(z.object({ action: ApprovalAction, allowed: z.boolean(), why: z.string().nullable() })),
  demo: z.boolean(),
  ...stored,
});
export type Creative = z.infer<typeof Creative>;

export const uploadCreative = defineOperation({
  id: 'creatives.uploadCreative',
  summary: 'Upload an MP4 for a campaign; it is checked by content, stored by hash, then measured',
  effect: 'create',
  permission: 'creatives:write',
  input: z.strictObject({
    campaignId: CampaignId,
    name: z.string().trim().min(1).max(120).optional().meta({ description: 'default: the file name' }),
    clickThroughUrl: HttpsUrl.optional(),
    file: UploadedFile,
  }),
  output: Creative,
  errors: [
    'campaign.not_found',
    'media.not_a_video',
    'media.truncated',
    'media.unreadable',
    'media.too_large',
    'media.too_long',
    'media.tool_missing',
  ],
  rest: { method: 'POST', path: '/v1/campaigns/:campaignId/creatives', upload: 'file' },
  cli: { command: 'creatives upload', positional: ['campaignId', 'file'] },
});

export const listCreatives = defineOperation({
  id: 'creatives.listCreatives',
  summary: 'Creatives of the account or of one campaign',
  effect: 'read',
  permission: 'creatives:read',
  input: z.strictObject({
    ...pageInput,
    campaignId: CampaignId.optional(),
    approval: ApprovalState.optional(),
    search: z.string().max(120).optional(),
  }),
  output: pageOf(Creative),
  errors: ['campaign.not_found'],
  rest: { method: 'GET', path: '/v1/creatives' },
  cli: { command: 'creatives list' },
  mcp: { tool: 'list_creatives', guidance: 'Call to find creatives and their approval and QC state.' },
});

export const listCampaignCreatives = defineOperation({
  id: 'creatives.listCampaignCreatives',
  summary: 'Creatives of one campaign',
  effect: 'read',
  permission: 'creatives:read',
  input: z.strictObject({ ...pageInput, campaignId: CampaignId }),
  output: pageOf(Creative),
  errors: ['campaign.not_found'],
  rest: { method: 'GET', path: '/v1/campaigns/:campaignId/creatives' },
});

export const getCreative = defineOperation({
  id: 'creatives.getCreative',
  summary: 'One creative with its file, frames, QC summary and approval state',
  effect: 'read',
  permission: 'creatives:read',
  input: z.strictObject({ creativeId: CreativeId }),
  output: Creative.extend({ approvalEvents: z.array(ApprovalEvent) }),
  errors: ['creative.not_found'],
  rest: { method: 'GET', path: '/v1/creatives/:creativeId' },
  cli: { command: 'creatives show', positional: ['creativeId'] },
  mcp: {
    tool: 'get_creative',
    guidance: 'Call before acting on a creative: it says which actions are allowed.',
  },
});

export const deleteCreative = defineOperation({
  id: 'creatives.deleteCreative',
  summary: 'Remove a creative that was never trafficked or served; others become inactive',
  effect: 'delete',
  permission: 'creatives:write',
  dryRun: true,
  input: z.strictObject({ creativeId: CreativeId }),
  output: z.object({ creativeId: CreativeId, outcome: z.enum(['deleted', 'inactive']) }),
  errors: ['creative.not_found'],
  rest: { method: 'DELETE', path: '/v1/creatives/:creativeId' },
  cli: { command: 'creatives delete', positional: ['creativeId'] },
});

export const getQcReport = defineOperation({
  id: 'creatives.getQcReport',
  summary: 'Every measured value and finding, by destination',
  effect: 'read',
  permission: 'creatives:read',
  input: z.strictObject({ creativeId: CreativeId }),
  output: QcReport,
  errors: ['creative.not_found', 'creative.not_ready'],
  rest: { method: 'GET', path: '/v1/creatives/:creativeId/qc' },
  cli: { command: 'creatives qc', positional: ['creativeId'] },
  mcp: { tool: 'get_qc_report', guidance: 'Call to see why a creative fits or does not fit a destination.' },
});

export const changeApproval = defineOperation({
  id: 'creatives.changeApproval',
  summary: 'Submit, approve, reject, send back or withdraw a creative',
  effect: 'update',
  permission: 'creatives:read',
  dryRun: true,
  input: z.strictObject({
    creativeId: CreativeId,
    action: ApprovalAction,
    reason: z.string().trim().min(1).max(1000).optional(),
  }),
  output: Creative.extend({ approvalEvents: z.array(ApprovalEvent) }),
  errors: [
    'creative.not_found',
    'creative.transition_denied',
    'creative.reason_required',
    'creative.qc_blocking',
    'creative.not_ready',
  ],
  rest: { method: 'POST', path: '/v1/creatives/:creativeId/approval' },
  cli: { command: 'approve', flags: {} },
  mcp: {
    tool: 'change_approval',
    guidance: 'Call to submit a creative for review. Approving is for people.',
  },
});

export const getVastTag = defineOperation({
  id: 'creatives.getVastTag',
  summary: 'The VAST document of a creative with measurement, linted',
  effect: 'read',
  permission: 'creatives:read',
  input: z.strictObject({
    creativeId: CreativeId,
    vendors: z
      .array(Vendor)
      .optional()
      .meta({ description: 'default: those of the creative (ias, doubleverify)' }),
    vastVersion: z.enum(['2.0', '3.0', '4.0', '4.1', '4.2']).default('4.2'),
    legacyMoat: z
      .boolean()
      .default(false)
      .meta({ description: 'allow the retired vendor moat, with a warning' }),
  }),
  output: z.object({
    xml: z.string(),
    tagUrl: z.string(),
    vastVersion: z.string(),
    findings: z.array(
      z.object({
        rule: z.string(),
        severity: z.enum(['block', 'warn', 'info']),
        path: z.string(),
        message: z.string(),
        remedy: z.string(),
      }),
    ),
    warnings: z.array(z.string()),
    dropped: z.array(z.string()),
  }),
  errors: ['creative.not_found', 'creative.not_ready', 'vendor.retired', 'creative.vast_invalid'],
  rest: { method: 'GET', path: '/v1/creatives/:creativeId/vast' },
  cli: { command: 'vast' },
  mcp: { tool: 'get_vast_tag', guidance: 'Call for the tag to hand to a platform or player.' },
});

export const setVendors = defineOperation({
  id: 'creatives.setVendors',
  summary: 'Choose measurement vendors, landing page and name of a creative',
  effect: 'update',
  permission: 'creatives:write',
  versioned: true,
  dryRun: true,
  input: z.strictObject({
    creativeId: CreativeId,
    vendors: z.array(Vendor).max(5).optional(),
    legacyMoat: z.boolean().default(false),
    clickThroughUrl: HttpsUrl.optional(),
    name: z.string().trim().min(1).max(120).optional(),
  }),
  output: Creative,
  errors: ['creative.not_found', 'vendor.retired'],
  rest: { method: 'PATCH', path: '/v1/creatives/:creativeId' },
  cli: { command: 'creatives update', positional: ['creativeId'] },
});

export const creativesOperations = [
  uploadCreative,
  listCreatives,
  listCampaignCreatives,
  getCreative,
  deleteCreative,
  getQcReport,
  changeApproval,
  getVastTag,
  setVendors,
] as const;
