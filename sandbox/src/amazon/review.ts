import type { AmazonSettings } from './settings.ts';
import type { AmazonStore, Stored } from './store.ts';

export type Verdict = 'pending' | 'approved' | 'not_approved' | 'suspended';

/** Where the review of an ad stands at a virtual time. */
export function verdictOf(ad: Stored, nowMs: number, settings: AmazonSettings): Verdict {
  if (nowMs < ad.reviewEndsAtMs) return 'pending';
  const shown = JSON.stringify([ad.fields.name, ad.fields.creative]);
  if (shown.includes(settings.rejectWord)) return 'not_approved';
  if (shown.includes(settings.suspendWord)) return 'suspended';
  return 'approved';
}

const reasonOf: Readonly<Record<Verdict, string | null>> = {
  pending: 'AD_POLICING_PENDING_REVIEW',
  not_approved: 'AD_NOT_APPROVED_FOR_ALL_AD_GROUPS',
  suspended: 'AD_POLICING_SUSPENDED',
  approved: null,
};

export interface DeliveryStatus {
  deliveryStatus: 'DELIVERING' | 'NOT_DELIVERING';
  deliveryReasons: string[];
}

interface Situation {
  store: AmazonStore;
  settings: AmazonSettings;
  nowMs: number;
  wallMs: number;
}

/**
 * `status` of a campaign or an ad group. The API shows review reasons there and not on the ad: they are those of the ads
 * it would serve.
 */
export function deliveryStatusOf(stored: Stored, situation: Situation): DeliveryStatus | undefined {
  if (stored.kind === 'adGroups') return finish(adGroupReasons(stored, situation));
  if (stored.kind === 'campaigns') return finish(campaignReasons(stored, situation));
  return undefined;
}

function finish(reasons: readonly string[]): DeliveryStatus {
  const deliveryReasons = [...new Set(reasons)];
  return { deliveryStatus: deliveryReasons.length === 0 ? 'DELIVERING' : 'NOT_DELIVERING', deliveryReasons };
}

function adGroupReasons(adGroup: Stored, situation: Situation): string[] {
  const { store, settings, nowMs, wallMs } = situation;
  const reasons: string[] = [];
  const associations = store
    .list('adAssociations', adGroup.accountId)
    .filter(({ fields }) => fields.adGroupId === adGroup.id);
  if (associations.length === 0) reasons.push('AD_NOT_ASSOCIATED_WITH_AD_GROUP');
  const ads = associations.map(({ fields }) => store.find('ads', adGroup.accountId, String(fields.adId)));
  const verdicts = ads.flatMap((ad) => (ad ? [verdictOf(ad, nowMs, settings)] : []));
  // One approved ad is enough to serve.
  if (!verdicts.includes('approved')) reasons.push(...verdicts.flatMap((verdict) => reasonOf[verdict] ?? []));
  const running = associations.some(
    ({ fields }, index) => fields.state === 'ENABLED' && ads[index]?.fields.state === 'ENABLED',
  );
  if (associations.length > 0 && !running) reasons.push('AD_CREATIVES_NOT_RUNNING');
  if (adGroup.fields.state === 'PAUSED') reasons.push('AD_GROUP_PAUSED');
  if (Date.parse(String(adGroup.fields.startDateTime)) > wallMs) reasons.push('AD_GROUP_PENDING_START_DATE');
  if (Date.parse(String(adGroup.fields.endDateTime)) <= wallMs) reasons.push('AD_GROUP_ENDED');
  const campaign = store.find('campaigns', adGroup.accountId, String(adGroup.fields.campaignId));
  if (campaign?.fields.state === 'PAUSED') reasons.push('CAMPAIGN_PAUSED');
  return reasons;
}

function campaignReasons(campaign: Stored, situation: Situation): string[] {
  const { store, wallMs } = situation;
  const reasons: string[] = [];
  const adGroups = store
    .list('adGroups', campaign.accountId)
    .filter(({ fields }) => fields.campaignId === campaign.id);
  const perGroup = adGroups.map((adGroup) =>
    adGroupReasons(adGroup, situation).filter((reason) => reason !== 'CAMPAIGN_PAUSED'),
  );
  if (!perGroup.some((list) => list.length === 0)) {
    reasons.push(
      'AD_GROUPS_NOT_RUNNING',
      ...perGroup.flat().filter((reason) => /POLICING|NOT_APPROVED/.test(reason)),
    );
  }
  if (campaign.fields.state === 'PAUSED') reasons.push('CAMPAIGN_PAUSED');
  const flights = campaign.fields.flights as { startDateTime: string; endDateTime: string }[];
  if (flights.every((flight) => Date.parse(flight.startDateTime) > wallMs))
    reasons.push('CAMPAIGN_PENDING_START_DATE');
  if (flights.every((flight) => Date.parse(flight.endDateTime) <= wallMs))
    reasons.push('CAMPAIGN_END_DATE_REACHED');
  return reasons;
}
