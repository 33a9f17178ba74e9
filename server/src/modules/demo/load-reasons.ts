import type { CampaignDetail, LineItem } from '@cuepoint/contract';
import type { DemoPlacement } from './domain/demo-inventory.ts';
import { brokenLineItems, reasonName } from './domain/demo-reasons.ts';
import type { OperationCaller } from './ports.ts';

type Key = (step: string) => { idempotencyKey: string };

/** Room for all that the broken line items plan, beside the campaign's first flight. */
const firstFlightMicros = 1_000_000;

/** Gives a campaign its deliberately broken line items; its first one serves, so that there is somebody to lose to. */
export async function loadReasons(
  campaign: CampaignDetail,
  placements: Record<DemoPlacement, string>,
  at: Date,
  caller: OperationCaller,
  key: Key,
): Promise<void> {
  const [flight] = campaign.lineItems[0]!.flights;
  await caller.call(
    'campaigns.updateFlight',
    { flightId: flight!.id, budgetMicros: firstFlightMicros },
    { ifMatch: flight!.version, ...key('first-flight') },
  );
  for (const [index, broken] of brokenLineItems(at, campaign, placements).entries()) {
    const made = await caller.call(
      'campaigns.createLineItem',
      { campaignId: campaign.id, ...broken.input },
      key(`reason-${index}`),
    );
    const { id, version } = made.output as LineItem;
    if (broken.status)
      await caller.call(
        'campaigns.updateLineItem',
        { lineItemId: id, status: broken.status },
        { ifMatch: version, ...key(`status-${index}`) },
      );
  }
}

/** Once there is an approved creative: the one line item that waits for it until shortly before the campaign ends. */
export async function delayCreative(
  campaign: CampaignDetail,
  creativeId: string,
  caller: OperationCaller,
  key: Key,
): Promise<void> {
  const item = campaign.lineItems.find(({ name }) => name === reasonName('creative_gap'));
  if (!item?.usesCampaignCreatives) return;
  const startAt = new Date(Date.parse(campaign.endAt) - 3_600_000).toISOString();
  await caller.call(
    'campaigns.setCreativeWeights',
    { lineItemId: item.id, creatives: [{ creativeId, startAt }] },
    { ifMatch: item.version, ...key('creative-gap') },
  );
}
