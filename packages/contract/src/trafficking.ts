import { z } from 'zod';
import { Instant, simulated, stored } from './common.ts';
import { AttemptId, CampaignId, CreativeId, DeploymentId } from './ids.ts';
import { defineOperation } from './operation.ts';
import { pageInput, pageOf } from './page.ts';
import { Problem } from './problem.ts';

/** Destinations of row A4; those without an adapter yet are refused by name. */
export const Dsp = z.enum(['amazon', 'thetradedesk', 'dv360', 'stackadapt', 'viant']);
export type Dsp = z.infer<typeof Dsp>;

export const DeploymentStatus = z.enum([
  'queued',
  'deploying',
  'waiting',
  'in_review',
  'approved',
  'rejected',
  'failed',
  'cancelled',
]);
export type DeploymentStatus = z.infer<typeof DeploymentStatus>;

export const Deployment = z.object({
  id: DeploymentId,
  creativeId: CreativeId,
  creativeName: z.string(),
  campaignId: CampaignId,
  campaignName: z.string(),
  dsp: Dsp,
  dspName: z.string(),
  status: DeploymentStatus,
  simulated,
  step: z.string(),
  externalIds: z.record(z.string(), z.string()),
  reviewReasons: z.array(z.string()),
  attemptCount: z.int(),
  nextAttemptAt: Instant.nullable(),
  failure: z.string().nullable(),
  demo: z.boolean(),
  ...stored,
});
export type Deployment = z.infer<typeof Deployment>;

export const Attempt = z.object({
  id: AttemptId,
  deploymentId: DeploymentId,
  number: z.int(),
  step: z.string(),
  kind: z.enum(['send', 'reconcile', 'review']),
  method: z.string(),
  url: z.string(),
  /** Bodies with secrets taken out. */
  request: z.unknown(),
  response: z.unknown(),
  httpStatus: z.int().nullable(),
  outcome: z.enum(['ok', 'retry', 'ambiguous', 'permanent', 'found', 'not_found']),
  detail: z.string(),
  simulated,
  startedAt: Instant,
  durationMs: z.number(),
  nextAttemptAt: Instant.nullable(),
});
export type Attempt = z.infer<typeof Attempt>;

export const trafficCreative = defineOperation({
  id: 'trafficking.trafficCreative',
  summary: 'Send an approved creative to one or more DSPs; each answers for itself',
  effect: 'create',
  permission: 'trafficking:write',
  dryRun: true,
  partial: true,
  longRunning: true,
  input: z.strictObject({
    creativeId: CreativeId,
    dsp: z.array(Dsp).min(1).max(10).meta({ description: 'destinations, one or more' }),
  }),
  output: z.object({
    results: z.array(
      z.object({
        dsp: Dsp,
        ok: z.boolean(),
        deployment: Deployment.nullable(),
        problem: Problem.nullable(),
        /** On a dry run: the requests that would be sent, in order. */
        plan: z.array(
          z.object({ step: z.string(), method: z.string(), path: z.string(), body: z.unknown() }),
        ),
      }),
    ),
  }),
  errors: [
    'creative.not_found',
    'creative.not_approved',
    'creative.not_ready',
    'dsp.not_offered',
    'deployment.exists',
  ],
  rest: { method: 'POST', path: '/v1/creatives/:creativeId/deployments', status: 207 },
  cli: { command: 'traffic' },
  mcp: {
    tool: 'traffic_creative',
    guidance: 'Call after approval. dryRun shows every request without sending one.',
  },
});

export const listDeployments = defineOperation({
  id: 'trafficking.listDeployments',
  summary: 'Deployments, newest first',
  effect: 'read',
  permission: 'trafficking:read',
  input: z.strictObject({
    ...pageInput,
    campaignId: CampaignId.optional(),
    creativeId: CreativeId.optional(),
    status: DeploymentStatus.optional(),
  }),
  output: pageOf(Deployment),
  errors: [],
  rest: { method: 'GET', path: '/v1/deployments' },
  cli: { command: 'deployments list' },
  mcp: { tool: 'list_deployments', guidance: 'Call to see what was sent where, and its review state.' },
});

export const getDeployment = defineOperation({
  id: 'trafficking.getDeployment',
  summary: 'One deployment with every attempt',
  effect: 'read',
  permission: 'trafficking:read',
  input: z.strictObject({ deploymentId: DeploymentId }),
  output: Deployment.extend({ attempts: z.array(Attempt) }),
  errors: ['deployment.not_found'],
  rest: { method: 'GET', path: '/v1/deployments/:deploymentId' },
  cli: { command: 'deployments show', positional: ['deploymentId'] },
  mcp: { tool: 'get_deployment', guidance: 'Call to see why a deployment waits or failed.' },
});

export const retryDeployment = defineOperation({
  id: 'trafficking.retryDeployment',
  summary: 'Try a failed deployment again, from the step that failed',
  effect: 'update',
  permission: 'trafficking:write',
  input: z.strictObject({ deploymentId: DeploymentId }),
  output: Deployment,
  errors: ['deployment.not_found', 'deployment.transition_denied'],
  rest: { method: 'POST', path: '/v1/deployments/:deploymentId/retry' },
  cli: { command: 'deployments retry', positional: ['deploymentId'] },
});

export const cancelDeployment = defineOperation({
  id: 'trafficking.cancelDeployment',
  summary: 'Stop a deployment that has not finished',
  effect: 'update',
  permission: 'trafficking:write',
  input: z.strictObject({ deploymentId: DeploymentId }),
  output: Deployment,
  errors: ['deployment.not_found', 'deployment.transition_denied'],
  rest: { method: 'POST', path: '/v1/deployments/:deploymentId/cancel' },
  cli: { command: 'deployments cancel', positional: ['deploymentId'] },
});

export const traffickingOperations = [
  trafficCreative,
  listDeployments,
  getDeployment,
  retryDeployment,
  cancelDeployment,
] as const;
