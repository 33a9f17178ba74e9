import { accountDemoSeed, setAccountDemoSeed } from '#modules/accounts';
import { allCampaigns, removeDemoCampaigns } from '#modules/campaigns';
import { removeDeliveryOf } from '#modules/events';
import { removeDemoBrands } from '#modules/governance';
import { removeDemoInventory } from '#modules/inventory';
import type { Tx } from '../../kernel/unit-of-work.ts';
import type { DemoPorts } from './ports.ts';

/** Takes away every demo row of the current account; answers how many of each kind. */
export async function removeDemoRows(
  tx: Tx,
  accountId: string,
  ports: Pick<DemoPorts, 'removeDemoCreatives'>,
): Promise<Record<string, number>> {
  // Before the campaigns, which would take them along uncounted.
  const creatives = await ports.removeDemoCreatives(tx);
  const campaignIds = await removeDemoCampaigns(tx);
  await removeDeliveryOf(tx, campaignIds);
  // A brand that people use for campaigns of their own is theirs now.
  const inUse = (await allCampaigns(tx)).map((campaign) => campaign.brandId);
  const brands = await removeDemoBrands(tx, inUse);
  const placements = await removeDemoInventory(tx);
  await setAccountDemoSeed(tx, accountId, null);
  return { campaigns: campaignIds.length, creatives, brands, placements };
}

/** Whether the account still wants its demo data: somebody may have removed it while it was being made. */
export async function isDemoWanted(tx: Tx, accountId: string): Promise<boolean> {
  return (await accountDemoSeed(tx, accountId)) !== null;
}
