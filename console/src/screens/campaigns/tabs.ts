const campaignTabs = ['overview', 'flights', 'creatives', 'deployments', 'history'] as const;
export type CampaignTab = (typeof campaignTabs)[number];

/** The tab in the address; the overview is left out of it. */
export function readCampaignTab(value: unknown): { tab?: CampaignTab } {
  const tab = campaignTabs.find((known) => known === value);
  return tab && tab !== 'overview' ? { tab } : {};
}
