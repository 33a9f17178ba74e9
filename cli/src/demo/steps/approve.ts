import { setTimeout as wait } from 'node:timers/promises';
import { ProblemError } from '@cuepoint/client';
import { CommandError } from '../../output/failure.ts';
import type { DemoContext } from '../context.ts';
import { askByRequest, type PlayerAd } from '../player.ts';
import type { ApprovalOutcome, BriefOutcome, CreativeOutcome, Refusal } from '../result.ts';

const everyMs = 100;
const snapshotLimitMs = 15_000;

/** Nothing unapproved goes out: both ways are tried before, then the creative is submitted and approved. */
export async function approveCreative(
  context: DemoContext,
  brief: BriefOutcome,
  creative: CreativeOutcome,
): Promise<ApprovalOutcome> {
  const { client, terminal } = context;
  const { creativeId } = creative;
  const refusals: Refusal[] = [];

  terminal.progress('early', 'trying to send and to serve it before approval');
  refusals.push(await trafficTooEarly(context, creativeId));
  const { version } = await client.campaigns.getCampaign({ campaignId: brief.campaignId });
  await client.campaigns.setCampaignStatus(
    { campaignId: brief.campaignId, status: 'active' },
    { ifMatch: version },
  );
  refusals.push(await serveTooEarly(context, creative));

  terminal.progress('approve', 'submitting and approving it');
  await client.creatives.changeApproval({ creativeId, action: 'submit' });
  const approved = await client.creatives.changeApproval({ creativeId, action: 'approve' });
  const audit = await client.accounts.listAudit({ entityId: creativeId, limit: 200 });
  const moves = audit.items.filter((record) => record.operation === 'creatives.changeApproval');
  if (moves.length !== 2)
    throw new CommandError(
      `${moves.length} approval moves of ${creativeId} are in the audit trail, not the two that were made`,
    );
  return {
    refusals,
    approval: approved.approval,
    audited: moves.reverse().map(({ at, actor, operation, fields }) => ({
      at,
      actor: actor.name,
      operation,
      change: fields
        .filter(({ field }) => field === 'approval')
        .map(({ before, after }) => `${String(before)} -> ${String(after)}`)
        .join(', '),
    })),
  };
}

async function trafficTooEarly({ client }: DemoContext, creativeId: string): Promise<Refusal> {
  try {
    await client.trafficking.trafficCreative({ creativeId, dsp: ['amazon'] });
  } catch (error) {
    if (error instanceof ProblemError && error.problem.code === 'creative.not_approved')
      return { tried: 'send it to Amazon DSP', answer: error.problem.code };
    throw error;
  }
  throw new CommandError('a creative that nobody approved was accepted for trafficking');
}

/** With the campaign running, the approval alone keeps the spot off the air. */
async function serveTooEarly(context: DemoContext, creative: CreativeOutcome): Promise<Refusal> {
  const { tagUrl } = await context.client.creatives.getVastTag({ creativeId: creative.creativeId });
  const giveUpAt = performance.now() + snapshotLimitMs;
  for (let ask = 1; ; ask++) {
    const { ad, reason } = await askByRequest(context.target.origin ?? '', askOf(tagUrl, `early-${ask}`));
    if (ad && isOf(ad, creative))
      throw new CommandError('a creative that nobody approved was served as an ad');
    // Where other campaigns run, their ads may hide the reason.
    if (reason === 'no_approved_creative' || !context.own)
      return { tried: 'serve it', answer: reason ?? 'another ad was served' };
    if (performance.now() > giveUpAt)
      throw new CommandError(
        `the running campaign did not reach the delivery plane within ${snapshotLimitMs / 1000} s: its answer is ${reason}`,
      );
    await wait(everyMs);
  }
}

/** What an application asks for that knows the tag: the same placement and length. */
export function askOf(
  tagUrl: string,
  requestId: string,
): { request_id: string; duration: number; min_duration: number; placement?: string } {
  const query = new URL(tagUrl.replaceAll(/\[[A-Z]+\]/g, '')).searchParams;
  const placement = query.get('pl');
  return {
    request_id: requestId,
    duration: Number(query.get('dur')),
    min_duration: Number(query.get('mindur')),
    ...(placement === null ? {} : { placement }),
  };
}

export function isOf(ad: PlayerAd, creative: CreativeOutcome): boolean {
  return ad.universalAdId === creative.universalAdId;
}
