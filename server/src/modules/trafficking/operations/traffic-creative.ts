import { type Dsp, type OutputOf, trafficCreative } from '@cuepoint/contract';
import { AppError, toProblem } from '../../../kernel/app-error.ts';
import { type HandlerContext, implement } from '../../../kernel/implement.ts';
import { addSteps, type DeploymentRow, typed } from '../deployment-rows.ts';
import { dspNames } from '../domain/destinations.ts';
import { sendDeployJob } from '../jobs/names.ts';
import { liveDeploymentOf } from '../queries.ts';
import { showDeployment } from '../read-model.ts';
import { deploymentTable } from '../tables.ts';
import { campaignFor, type ReadyCreative, ticketFor } from '../ticket-for.ts';
import type { Platform, TraffickingPorts } from '../trafficking-ports.ts';

type Result = OutputOf<typeof trafficCreative>['results'][number];
type Campaign = Awaited<ReturnType<typeof campaignFor>>;

export function trafficCreativeOperation(ports: TraffickingPorts) {
  return implement(trafficCreative, async (input, context) => {
    const { tx } = context;
    const creative = await ports.creativeForTrafficking(tx, input.creativeId);
    if (!creative) {
      return context.fail(
        'creative.not_found',
        `creativeId: no creative ${input.creativeId} in this account.`,
      );
    }
    const { file, status } = creative;
    if (status !== 'active' || file === null) {
      const state = status === 'active' ? 'not measured yet' : status;
      return context.fail('creative.not_ready', `The file of ${creative.name} is ${state}.`);
    }
    if (creative.approval !== 'approved' && creative.approval !== 'trafficked') {
      return context.fail(
        'creative.not_approved',
        `${creative.name} is ${creative.approval.replace('_', ' ')}; only what is approved goes to a platform.`,
      );
    }
    const campaign = await campaignFor(tx, creative.campaignId);
    const results: Result[] = [];
    for (const dsp of new Set(input.dsp)) {
      try {
        const platform = offered(ports, dsp);
        results.push(await sendTo(platform, { ...creative, file }, campaign, context, ports));
      } catch (error) {
        // Each destination answers for itself; a fault still undoes everything.
        if (!AppError.is(error)) throw error;
        const problem = toProblem(error, context.call.requestId);
        results.push({ dsp, ok: false, deployment: null, problem, plan: [] });
      }
    }
    if (!results.some((result) => result.deployment !== null)) {
      const refusals = results.map(({ dsp, problem }) => `${dsp}: ${problem?.code ?? 'would be sent'}`);
      context.record({
        entity: { kind: 'creative', id: creative.id },
        before: null,
        after: null,
        reason: `nothing was sent (${refusals.join(', ')})`,
      });
    }
    return { results };
  });
}

function offered(ports: TraffickingPorts, dsp: Dsp): Platform {
  const platform = ports.platforms.find((candidate) => candidate.dsp === dsp);
  if (platform) return platform;
  const known = ports.platforms.map((candidate) => candidate.dsp);
  throw new AppError(
    'dsp.not_offered',
    `${dspNames[dsp]} cannot be trafficked to yet; offered now: ${known.join(', ') || 'none'}.`,
    {
      fields: [{ field: 'dsp', message: 'no adapter yet', value: dsp, accepted: known.join(', ') || 'none' }],
    },
  );
}

async function sendTo(
  platform: Platform,
  creative: ReadyCreative,
  campaign: Campaign,
  context: HandlerContext,
  ports: TraffickingPorts,
): Promise<Result> {
  const { tx, accountId, now } = context;
  const { dsp, adapter } = platform;
  const exists = (id: string, status: string): never => {
    throw new AppError(
      'deployment.exists',
      `${creative.name} is with ${dspNames[dsp]} already: deployment ${id} is ${status}.`,
      { details: { deploymentId: id, status } },
    );
  };
  const live = await liveDeploymentOf(tx, creative.id, dsp);
  if (live) return exists(live.id, live.status);
  const ticket = ticketFor(dsp, creative, campaign);
  const problems = adapter.check(ticket, now);
  if (problems.length > 0) {
    const detail = problems.map((problem) => `${problem.field}: ${problem.message}`).join('; ');
    throw new AppError('input.invalid', `${dspNames[dsp]} could not take this. ${detail}`, {
      fields: problems,
    });
  }
  if (context.dryRun) {
    return { dsp, ok: true, deployment: null, problem: null, plan: adapter.plan(ticket, now) };
  }
  const steps = adapter.steps(ticket);
  const [row] = await tx
    .insert(deploymentTable)
    .values({
      id: ports.ids.next('deployment'),
      accountId,
      creativeId: creative.id,
      campaignId: creative.campaignId,
      dsp,
      status: 'queued',
      simulated: platform.simulated,
      step: steps[0]?.name ?? '',
      ticket,
      demo: campaign.campaign.demo,
      createdAt: now,
      updatedAt: now,
    })
    // Somebody asked for the same a moment before.
    .onConflictDoNothing()
    .returning();
  if (!row) {
    const other = await liveDeploymentOf(tx, creative.id, dsp);
    return exists(other?.id ?? 'of another request', other?.status ?? 'queued');
  }
  const deployment: DeploymentRow = typed(row);
  await addSteps(tx, deployment, steps);
  await sendDeployJob(ports.queue, tx, deployment);
  const shown = showDeployment(deployment);
  context.record({ entity: { kind: 'deployment', id: shown.id }, before: null, after: shown });
  context.emit('deployment.changed', { kind: 'deployment', id: shown.id });
  return { dsp, ok: true, deployment: shown, problem: null, plan: [] };
}
