import { callOperation, ProblemError } from '@cuepoint/client';
import { type Attempt, type Deployment, exitCodes, getDeployment } from '@cuepoint/contract';
import { followDeployment } from '../../commands/follow.ts';
import { CommandError } from '../../output/failure.ts';
import type { DemoContext } from '../context.ts';
import type { BriefOutcome, TraffickingOutcome } from '../result.ts';
import type { FaultKind, SandboxControl, SandboxObject } from '../sandbox-control.ts';

interface Injected {
  path: string;
  kind: FaultKind;
  retryAfterSeconds?: number;
  words: string;
}

/** One of each at the requests that make something: the last is the one that doubles an ad when it is sent blindly. */
const faults: Injected[] = [
  {
    path: '/adsApi/v1/create/campaigns',
    kind: 'rate_limited',
    retryAfterSeconds: 1,
    words: '429 on creating the campaign',
  },
  { path: '/adsApi/v1/create/adGroups', kind: 'unavailable', words: '503 on creating the ad group' },
  {
    path: '/adsApi/v1/create/ads',
    kind: 'cut_after',
    words: 'connection cut after the ad was created, before the answer',
  },
];

/** Sends the creative to Amazon DSP through three faults, follows its review, and counts what is there afterwards. */
export async function traffic(
  context: DemoContext,
  brief: BriefOutcome,
  creativeId: string,
): Promise<TraffickingOutcome> {
  const { client, target, terminal } = context;
  const simulated = context.status.simulatedPlatforms.some(({ id }) => id.startsWith('amazon'));
  const sandbox = simulated ? context.sandbox : null;
  for (const { words: _, ...fault } of sandbox ? faults : [])
    await sandbox!.inject({ platform: 'amazon', ...fault });
  let deployment: Deployment;
  try {
    const { results } = await client.trafficking.trafficCreative({ creativeId, dsp: ['amazon'] });
    const [result] = results;
    if (!result?.deployment) {
      // A file of the user's that no inventory takes: rightly not sent, and still worth serving here.
      if (result?.problem?.code === 'creative.qc_blocking' && context.options.video !== null)
        return refused(result.problem.detail, simulated);
      if (result?.problem) throw new ProblemError(result.problem);
      throw new CommandError('nothing was sent to Amazon DSP, and no reason was given');
    }
    deployment = await followDeployment(result.deployment.id, target, terminal);
  } finally {
    // A fault that met no request must not meet somebody else's.
    if (sandbox && (await sandbox.pendingFaults()).length > 0) await sandbox.clearFaults();
  }
  const { attempts } = (await callOperation(
    getDeployment,
    { deploymentId: deployment.id },
    {},
    target,
  )) as Deployment & { attempts: Attempt[] };
  if (deployment.status !== 'approved') {
    const why = deployment.failure ?? deployment.reviewReasons.join(', ');
    throw new CommandError(`Amazon DSP: ${deployment.status}: ${why}`, exitCodes.upstream);
  }
  return {
    deploymentId: deployment.id,
    refusal: null,
    dsp: deployment.dspName,
    simulated: deployment.simulated,
    status: deployment.status,
    externalIds: deployment.externalIds,
    injected: sandbox ? requireMet(attempts) : [],
    attempts: attempts.map(
      ({ number, step, kind, method, httpStatus, outcome, detail, durationMs }: Attempt) => ({
        number,
        step,
        kind,
        method,
        httpStatus,
        outcome,
        detail,
        durationMs,
      }),
    ),
    objects: sandbox ? await requireSingles(sandbox, brief, creativeId, deployment.externalIds) : null,
  };
}

function refused(refusal: string, simulated: boolean): TraffickingOutcome {
  return {
    deploymentId: null,
    refusal,
    dsp: 'Amazon DSP',
    simulated,
    status: 'refused',
    externalIds: {},
    injected: [],
    attempts: [],
    objects: null,
  };
}

/** What was injected must show in the attempt log, or nothing was survived. */
function requireMet(attempts: readonly Attempt[]): string[] {
  const sends = attempts.filter((attempt) => attempt.kind === 'send');
  const met: Record<FaultKind, boolean> = {
    rate_limited: sends.some((attempt) => attempt.httpStatus === 429),
    unavailable: sends.some((attempt) => attempt.httpStatus === 503),
    cut_after: sends.some((attempt) => attempt.httpStatus === null && attempt.outcome === 'ambiguous'),
  };
  for (const { kind, words } of faults)
    if (!met[kind]) throw new CommandError(`the injected fault does not show in the attempt log: ${words}`);
  return faults.map(({ words }) => words);
}

/** One object of each kind carries our key; more would be bought twice. */
async function requireSingles(
  sandbox: SandboxControl,
  brief: BriefOutcome,
  creativeId: string,
  externalIds: Record<string, string>,
): Promise<Record<string, number>> {
  const objects = await sandbox.amazonObjects();
  const named = (kind: string, key: string) => (object: SandboxObject) =>
    object.kind === kind && String(object.name).includes(key);
  const count = (fits: (object: SandboxObject) => boolean) => objects.filter(fits).length;
  const counts = {
    campaigns: count(named('campaigns', brief.campaignId)),
    adGroups: count(named('adGroups', brief.lineItemId)),
    ads: count(named('ads', creativeId)),
    adAssociations: count(
      (object) =>
        object.kind === 'adAssociations' &&
        object.adId === externalIds.ad &&
        object.adGroupId === externalIds.ad_group,
    ),
  };
  for (const [kind, found] of Object.entries(counts))
    if (found !== 1)
      throw new CommandError(`Amazon DSP holds ${found} ${kind} of this campaign; there must be exactly one`);
  return counts;
}
