import { z } from 'zod';
import { Instant, simulated, stored } from './common.ts';
import { CampaignId, CreativeId, GenerationJobId } from './ids.ts';
import { Micros } from './money.ts';
import { defineOperation } from './operation.ts';
import { pageInput, pageOf } from './page.ts';

export const PlacementKind = z.enum(['streaming_tv', 'online_video', 'vertical', 'square']);
/** The short spellings of the command line. */
export const PlacementInput = z
  .enum(['stv', 'olv', 'streaming_tv', 'online_video', 'vertical', 'square'])
  .transform((value) => (value === 'stv' ? 'streaming_tv' : value === 'olv' ? 'online_video' : value))
  .pipe(PlacementKind);

export const GenerationJob = z.object({
  id: GenerationJobId,
  campaignId: CampaignId,
  creativeId: CreativeId.nullable(),
  status: z.enum(['queued', 'generating', 'assembling', 'measuring', 'completed', 'failed']),
  /** 0 to 1. */
  progress: z.number().min(0).max(1),
  step: z.string().meta({ description: 'what is happening now, in words' }),
  generator: z.string(),
  simulated,
  placement: PlacementKind,
  durationMs: z.int(),
  scenes: z.array(
    z.object({ scene: z.string(), prompt: z.string(), state: z.string(), externalId: z.string().nullable() }),
  ),
  estimatedCostMicros: Micros,
  costMicros: Micros,
  currency: z.string(),
  failure: z.string().nullable(),
  finishedAt: Instant.nullable(),
  ...stored,
});
export type GenerationJob = z.infer<typeof GenerationJob>;

export const generateCreative = defineOperation({
  id: 'studio.generateCreative',
  summary: 'Generate a video for a campaign: prompts, generation, assembly, measurement',
  effect: 'create',
  permission: 'creatives:write',
  dryRun: true,
  longRunning: true,
  input: z.strictObject({
    campaignId: CampaignId,
    prompt: z
      .string()
      .trim()
      .min(3, 'expected at least 3 characters')
      .max(3000)
      .meta({ description: 'what the spot should say and show' }),
    placement: PlacementInput.default('streaming_tv'),
    durationSeconds: z
      .union([z.literal(15), z.literal(30), z.enum(['15', '30']).transform(Number)])
      .default(15),
    title: z.string().max(60).optional(),
    callToAction: z.string().max(40).optional(),
    landingUrl: z.url().optional(),
    tone: z.enum(['calm', 'warm', 'bold', 'playful']).default('warm'),
  }),
  output: GenerationJob,
  errors: ['campaign.not_found', 'brief.invalid'],
  rest: { method: 'POST', path: '/v1/campaigns/:campaignId/generations', status: 202 },
  cli: { command: 'generate' },
  mcp: {
    tool: 'generate_creative',
    guidance:
      'Call to make a new video. It costs money with a real generator: show the estimate by dryRun first.',
  },
});

export const getGenerationJob = defineOperation({
  id: 'studio.getGenerationJob',
  summary: 'Progress and result of a generation job',
  effect: 'read',
  permission: 'creatives:read',
  input: z.strictObject({ generationJobId: GenerationJobId }),
  output: GenerationJob,
  errors: ['generation.not_found'],
  rest: { method: 'GET', path: '/v1/generations/:generationJobId' },
  cli: { command: 'generations show', positional: ['generationJobId'] },
  mcp: { tool: 'get_generation_job', guidance: 'Call to follow a generation until completed or failed.' },
});

export const listGenerationJobs = defineOperation({
  id: 'studio.listGenerationJobs',
  summary: 'Generation jobs, newest first',
  effect: 'read',
  permission: 'creatives:read',
  input: z.strictObject({ ...pageInput, campaignId: CampaignId.optional() }),
  output: pageOf(GenerationJob),
  errors: [],
  rest: { method: 'GET', path: '/v1/generations' },
  cli: { command: 'generations list' },
});

export const launchBrief = defineOperation({
  id: 'studio.launchBrief',
  summary: 'Turn a brief into a campaign: brand, market, channel, campaign, line item, flight',
  effect: 'create',
  permission: 'campaigns:write',
  dryRun: true,
  input: z.strictObject({
    brief: z
      .union([z.string().min(1).max(50_000), z.record(z.string(), z.unknown())])
      .meta({ description: 'YAML or JSON text, or an object; see docs/brief.md' }),
  }),
  output: z.object({
    campaignId: CampaignId,
    campaignName: z.string(),
    created: z.array(z.object({ kind: z.string(), id: z.string(), name: z.string() })),
    reused: z.array(z.object({ kind: z.string(), id: z.string(), name: z.string() })),
    generation: z.object({
      prompt: z.string(),
      title: z.string(),
      callToAction: z.string(),
      landingUrl: z.string(),
      tone: z.enum(['calm', 'warm', 'bold', 'playful']),
      placement: PlacementKind,
      durationSeconds: z.int(),
    }),
  }),
  errors: [
    'brief.invalid',
    'market.not_found',
    'name.invalid',
    'name.taken',
    'campaign.dates_invalid',
    'campaign.budget_invalid',
  ],
  rest: { method: 'POST', path: '/v1/briefs' },
  cli: { command: 'briefs launch', positional: ['brief'] },
  mcp: { tool: 'launch_brief', guidance: 'Call with a complete brief to set up a campaign in one step.' },
});

export const studioOperations = [
  generateCreative,
  getGenerationJob,
  listGenerationJobs,
  launchBrief,
] as const;
