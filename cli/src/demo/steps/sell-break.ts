import { execFile } from 'node:child_process';
import { openAsBlob } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Campaign, CampaignDetail, createLineItem, InputOf, LineItem } from '@cuepoint/contract';
import type { DemoContext } from '../context.ts';
import type { BriefOutcome, CreativeOutcome } from '../result.ts';
import { firstInLine } from './go-first.ts';
import { measured } from './make-creative.ts';

/** Lengths of the shorter cuts, as shares of the spot: 6 s and 10 s of one of 15 s. */
const cutShares = [0.4, 2 / 3];
const budgetMicros = 300_000_000;
const flightMicros = 50_000_000;
const floorCpmMicros = 10_000_000;
/** Room that nobody fills: longer than rounding, shorter than a spot. */
const spareMs = 900;

/** What a break is filled from, and where. */
export interface SoldBreak {
  campaign: Campaign;
  placementId: string;
  placementKey: string;
  /** Stays out because of the viewer's country: the one that is asked about. */
  abroadId: string;
  /** Stops what was sold for this run. */
  stop(): Promise<void>;
}

/**
 * Sells a break to a second campaign: two shorter cuts of the spot at prices of their own, one of which asks for the
 * first place, and three line items that must stay out of it, each for another reason.
 */
export async function sellBreak(
  context: DemoContext,
  brief: BriefOutcome,
  creative: CreativeOutcome,
): Promise<SoldBreak> {
  const { client } = context;
  const main = await client.campaigns.getCampaign({ campaignId: brief.campaignId });
  const campaign = await client.campaigns.createCampaign({
    brandId: main.brandId,
    marketId: main.marketId,
    channelId: main.channelId,
    label: `Break ${Date.now().toString(36)}`,
    budgetMicros,
    cpmMicros: 18_000_000,
    startOn: day(-1),
    endOn: day(7),
    timeZone: 'UTC',
  });
  const [opener, closer] = await cutsOf(context, campaign, creative);
  await sellLineItems(context, campaign, opener!.creativeId, closer!.creativeId);
  const abroad = await addLineItem(context, campaign, {
    name: 'Only in Iceland',
    cpmMicros: 40_000_000,
    countries: ['IS'],
  });
  const { id: publisherId } = await client.inventory.createPublisher({ name: `Demo of ${campaign.name}` });
  const lengthMs = creative.durationMs + opener!.durationMs + closer!.durationMs;
  const placement = await client.inventory.createPlacement({
    publisherId,
    name: `Break of ${campaign.name}`,
    position: 'mid',
    floorCpmMicros,
    floorCurrency: brief.currency,
    pod: {
      kind: 'dynamic',
      durationMs: lengthMs + spareMs,
      maxAds: 4,
      maxAdsPerAdvertiser: 4,
      categorySeparation: 'none',
    },
  });
  const setStatus = async (status: 'active' | 'paused') => {
    const { version } = await client.campaigns.getCampaign({ campaignId: campaign.id });
    await client.campaigns.setCampaignStatus({ campaignId: campaign.id, status }, { ifMatch: version });
  };
  await setStatus('active');
  return {
    campaign,
    placementId: placement.id,
    placementKey: placement.key,
    abroadId: abroad.id,
    stop: () => setStatus('paused'),
  };
}

/** Those that serve, and two that do not: the same cut again, and a price below the floor. */
async function sellLineItems(
  context: DemoContext,
  campaign: CampaignDetail,
  openerId: string,
  closerId: string,
): Promise<void> {
  const { client } = context;
  const [first] = campaign.lineItems;
  const [flight] = first!.flights;
  await client.campaigns.updateFlight(
    { flightId: flight!.id, budgetMicros: flightMicros },
    { ifMatch: flight!.version },
  );
  const opener = await client.campaigns.updateLineItem(
    { lineItemId: first!.id, name: 'Opens the break', podPosition: 'first', priority: firstInLine },
    { ifMatch: first!.version },
  );
  const show = ({ id, version }: LineItem, creativeId: string) =>
    client.campaigns.setCreativeWeights(
      { lineItemId: id, creatives: [{ creativeId }] },
      { ifMatch: version },
    );
  await show(opener, openerId);
  const closer = { name: 'Any place', cpmMicros: 30_000_000 };
  await show(await addLineItem(context, campaign, closer), closerId);
  const again = { name: 'The same spot again', cpmMicros: 12_000_000, type: 'bulk' as const };
  await show(await addLineItem(context, campaign, again), closerId);
  await addLineItem(context, campaign, { name: 'Below the floor', cpmMicros: 5_000_000 });
}

function addLineItem(
  { client }: DemoContext,
  campaign: Campaign,
  input: Omit<InputOf<typeof createLineItem>, 'campaignId'>,
): Promise<LineItem> {
  const { startAt, endAt } = campaign;
  return client.campaigns.createLineItem({
    campaignId: campaign.id,
    status: 'active',
    priority: firstInLine,
    flights: [{ startAt, endAt, budgetMicros: flightMicros }],
    ...input,
  });
}

/** Shorter cuts of the spot, approved: the same samples, so that nothing is encoded. */
async function cutsOf(
  context: DemoContext,
  { id: campaignId }: Campaign,
  creative: CreativeOutcome,
): Promise<{ creativeId: string; durationMs: number }[]> {
  const { client, target, terminal, ffmpegPath } = context;
  const { videoUrl } = await client.creatives.getCreative({ creativeId: creative.creativeId });
  const folder = await mkdtemp(join(tmpdir(), 'cuepoint-cuts-'));
  try {
    terminal.progress('cutting', 'cutting shorter spots');
    const whole = join(folder, 'spot.mp4');
    const file = await fetch(new URL(videoUrl!, target.origin));
    await writeFile(whole, Buffer.from(await file.arrayBuffer()));
    return await Promise.all(
      cutShares.map(async (share) => {
        const seconds = Math.max(1, Math.round((creative.durationMs * share) / 1000));
        const path = join(folder, `${seconds}.mp4`);
        await promisify(execFile)(ffmpegPath, [
          ...['-v', 'error', '-y', '-i', whole, '-t', String(seconds)],
          ...['-c', 'copy', '-movflags', '+faststart', path],
        ]);
        const { id: creativeId } = await client.creatives.uploadCreative({
          campaignId,
          name: `Cut of ${seconds} s`,
          clickThroughUrl: creative.clickThroughUrl,
          file: Object.assign(await openAsBlob(path), { name: `cut-${seconds}.mp4` }),
        });
        const { durationMs } = await measured(context, creativeId);
        for (const action of ['submit', 'approve'] as const)
          await client.creatives.changeApproval({ creativeId, action });
        return { creativeId, durationMs: durationMs ?? seconds * 1000 };
      }),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function day(fromToday: number): string {
  return new Date(Date.now() + fromToday * 86_400_000).toISOString().slice(0, 10);
}
