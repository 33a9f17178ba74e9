import { setTimeout as wait } from 'node:timers/promises';
import { ProblemError } from '@cuepoint/client';
import type { Explanation } from '@cuepoint/contract';
import { CommandError } from '../../output/failure.ts';
import type { DemoContext } from '../context.ts';
import { fire, type PlayedEvent, playedEvents, reachedAfterMs } from '../player.ts';
import type { BreakOutcome, BriefOutcome, CreativeOutcome } from '../result.ts';
import { goFirst } from './go-first.ts';
import { type SoldBreak, sellBreak } from './sell-break.ts';

const everyMs = 150;
const snapshotLimitMs = 20_000;
/** The spot and its two cuts. */
const adsWanted = 3;
const notYet: ReadonlySet<string> = new Set(['placement.not_found', 'delivery.unavailable']);

interface PodAnswer {
  decision_id: string;
  filled_duration: number;
  ads: {
    line_item_id: string;
    campaign_id: string;
    offset: number;
    duration: number;
    tracking: Record<string, string[]>;
  }[];
}

/** Asks the delivery node for a whole break, plays every ad of it, and has the decision explained. */
export async function fillBreak(
  context: DemoContext,
  brief: BriefOutcome,
  creative: CreativeOutcome,
): Promise<BreakOutcome> {
  const restore = await goFirst(context, brief);
  const sold = await sellBreak(context, brief, creative);
  try {
    await untilFilled(context, sold);
    return await play(context, sold, brief);
  } finally {
    await restore();
    // Elsewhere it would go on before what the account really sells.
    if (!context.own) await sold.stop();
  }
}

/** A preview reserves nothing: the delivery plane learns of a sale within moments. */
async function untilFilled({ client, terminal }: DemoContext, sold: SoldBreak): Promise<void> {
  terminal.progress('break', 'waiting until the delivery plane knows the break');
  const giveUpAt = performance.now() + snapshotLimitMs;
  for (;;) {
    let found: string;
    try {
      const preview = await client.delivery.previewDecision({
        placement: sold.placementKey,
        facts: { country: sold.campaign.marketCode },
      });
      if (preview.pod.ads.length >= adsWanted) return;
      found = `filled with ${preview.pod.ads.length} of ${adsWanted} ads`;
    } catch (error) {
      // What the node does not serve from yet, it cannot preview.
      if (!(error instanceof ProblemError && notYet.has(error.problem.code))) throw error;
      found = `not known yet (${error.problem.code})`;
    }
    if (performance.now() > giveUpAt)
      throw new CommandError(`the break was ${found} after ${snapshotLimitMs / 1000} s`);
    await wait(everyMs);
  }
}

async function play(
  context: DemoContext,
  sold: SoldBreak,
  { campaignId }: BriefOutcome,
): Promise<BreakOutcome> {
  const { client, target, terminal } = context;
  const requestId = `demo-break-${Date.now().toString(36)}`;
  const query = new URLSearchParams({
    pl: sold.placementKey,
    rid: requestId,
    country: sold.campaign.marketCode,
    devicetype: 'ctv',
  });
  const response = await fetch(`${target.origin}/api/v1/pod?${query}`);
  if (!response.ok)
    throw new CommandError(`GET /api/v1/pod answered ${response.status}: ${await response.text()}`);
  const answer = (await response.json()) as PodAnswer;
  terminal.progress('playing', `playing a break of ${answer.ads.length} ads`);
  const fired: Record<string, number> = {};
  // A viewer sees them one after another; here each is watched as long as it lasts, and none waits for the one before.
  await Promise.all(
    answer.ads.map(async (ad) => {
      const beganAt = performance.now();
      for (const event of ['impression', ...playedEvents] as const) {
        if (event !== 'impression')
          await wait(Math.max(0, beganAt + reachedAfterMs(event, ad.duration * 1000) - performance.now()));
        await requireFired(ad.tracking[event]?.[0], event);
        if (ad.campaign_id === campaignId) fired[event] = (fired[event] ?? 0) + 1;
      }
    }),
  );
  const explanation = await explained(client, requestId, sold.abroadId);
  requireSame(answer, explanation);
  return {
    requestId,
    decisionId: answer.decision_id,
    placementId: sold.placementId,
    campaignId: sold.campaign.id,
    ads: answer.ads.map((ad) => ({
      lineItemId: ad.line_item_id,
      offsetMs: Math.round(ad.offset * 1000),
      durationMs: Math.round(ad.duration * 1000),
    })),
    fired,
    explanation,
    lastEventAt: new Date().toISOString(),
  };
}

async function requireFired(url: string | undefined, event: 'impression' | PlayedEvent): Promise<void> {
  if (url === undefined) throw new CommandError(`an ad of the break has no address for ${event}`);
  const { status, code } = await fire(url);
  if (status !== 200)
    throw new CommandError(`the ${event} of the break was answered ${status}${code ? ` (${code})` : ''}`);
}

/** The decision is in the log a moment after its answer. */
async function explained(
  client: DemoContext['client'],
  decisionId: string,
  lineItemId: string,
): Promise<Explanation> {
  const giveUpAt = performance.now() + snapshotLimitMs;
  for (;;) {
    try {
      return await client.delivery.explainDecision({ decisionId, lineItemId });
    } catch (error) {
      if (performance.now() > giveUpAt) throw error;
      await wait(everyMs);
    }
  }
}

/** The trace must be of what was served: the same ads at the same offsets, made again to the same outcome. */
function requireSame(answer: PodAnswer, { replay, pod }: Explanation): void {
  if (replay.state !== 'exact')
    throw new CommandError(`the break was explained as ${replay.state}: ${replay.detail}`);
  const served = answer.ads.map((ad) => `${ad.line_item_id} at ${Math.round(ad.offset * 1000)}`).join(', ');
  const told = pod.ads.map((ad) => `${ad.lineItemId} at ${ad.startMs}`).join(', ');
  if (served !== told) throw new CommandError(`the break was ${served}, and is explained as ${told}`);
}
