import { createClient } from './index.ts';

/** Compiles only while the client keeps the types of the contract. */
export async function typesHold(): Promise<string[]> {
  const client = createClient({ origin: 'http://localhost' });
  const page = await client.campaigns.listCampaigns({ search: 'ridge' });
  // @ts-expect-error a status that the contract does not know
  await client.campaigns.setCampaignStatus({ campaignId: 'cmp_1', status: 'flying' });
  return page.items.map((campaign) => campaign.name);
}
