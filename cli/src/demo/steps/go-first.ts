import type { DemoContext } from '../context.ts';
import type { BriefOutcome } from '../result.ts';

/** In demand before every other campaign of the account while the demo asks. */
export const firstInLine = 1;

/** Puts the line item before all others for a while; on an account of its own it has no rivals. */
export async function goFirst(
  { client, own }: DemoContext,
  { campaignId, lineItemId }: BriefOutcome,
): Promise<() => Promise<void>> {
  if (own) return async () => {};
  const read = async () =>
    (await client.campaigns.getCampaign({ campaignId })).lineItems.find((item) => item.id === lineItemId)!;
  const before = await read();
  await client.campaigns.updateLineItem({ lineItemId, priority: firstInLine }, { ifMatch: before.version });
  return async () => {
    const { version } = await read();
    await client.campaigns.updateLineItem({ lineItemId, priority: before.priority }, { ifMatch: version });
  };
}
