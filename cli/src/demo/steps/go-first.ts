import type { LineItem } from '@cuepoint/contract';
import type { DemoContext } from '../context.ts';
import type { BriefOutcome } from '../result.ts';

/** In demand before every other campaign of the account while the demo asks. */
export const firstInLine = 1;

/**
 * Lets the line item serve whatever it is asked for a while, before all others where there are any: its pacing would hold it
 * back now and then once traffic is known, and rightly so, but what the demo shows is a whole break.
 */
export async function goFirst(
  { client, own }: DemoContext,
  { campaignId, lineItemId }: BriefOutcome,
): Promise<() => Promise<void>> {
  const read = async () =>
    (await client.campaigns.getCampaign({ campaignId })).lineItems.find((item) => item.id === lineItemId)!;
  const set = async (priority: number, pacing: LineItem['pacing']) => {
    const { version } = await read();
    // On an account of its own it has no rivals.
    await client.campaigns.updateLineItem(
      { lineItemId, pacing, ...(own ? {} : { priority }) },
      { ifMatch: version },
    );
  };
  const before = await read();
  await set(firstInLine, 'asap');
  return () => set(before.priority, before.pacing);
}
