import type { LineItem } from '@cuepoint/contract';
import { settled } from './browser.ts';
import type { Stage } from './stage.ts';

/** A line item that nothing else uses, in any campaign, and its page. */
export async function freshLineItem(stage: Stage, label: string) {
  const { client } = stage.installation;
  const [campaign] = (await client.campaigns.listCampaigns({ limit: 1 })).items;
  const lineItem: LineItem = await client.campaigns.createLineItem({
    campaignId: campaign!.id,
    name: `${label} ${Date.now() % 100_000}`,
    cpmMicros: 12_000_000,
  });
  const page = await stage.page(`/line-items/${lineItem.id}`);
  await settled(page);
  return { lineItemId: lineItem.id, name: lineItem.name, page };
}
