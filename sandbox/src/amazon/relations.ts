import { isObject } from '../http.ts';
import type { ResourceName } from './resources.ts';
import type { Finding } from './rules.ts';
import type { AmazonStore } from './store.ts';

export interface RelationContext {
  store: AmazonStore;
  accountId: string;
  wallMs: number;
  hasAsset: (assetId: string, version: string) => boolean;
}

interface Flight {
  startDateTime: string;
  endDateTime: string;
}

/** Clock difference between two machines; a start "now" is not in the past. */
const toleranceMs = 5 * 60 * 1000;

/** What a field-by-field look cannot see: dates, parents, and whether an ad fits where it is put. */
export function checkRelations(
  kind: ResourceName,
  item: Record<string, unknown>,
  at: string,
  context: RelationContext,
): Finding[] {
  switch (kind) {
    case 'campaigns':
      return (item.flights as Flight[]).flatMap((flight, index) =>
        checkDates(flight, `${at}.flights[${index}]`, context.wallMs),
      );
    case 'adGroups':
      return checkAdGroup(item, at, context);
    case 'ads':
      return checkAd(item, at, context);
    case 'adAssociations':
      return checkAssociation(item, at, context);
  }
}

function checkDates(span: Flight, at: string, wallMs: number): Finding[] {
  const start = Date.parse(span.startDateTime);
  const end = Date.parse(span.endDateTime);
  if (start < wallMs - toleranceMs) {
    return [
      {
        code: 'DATE_CANNOT_BE_IN_PAST',
        message: 'the start lies in the past',
        fieldLocation: `${at}.startDateTime`,
      },
    ];
  }
  if (end <= start) {
    return [
      {
        code: 'DURATION_TOO_SHORT',
        message: 'the end must lie after the start',
        fieldLocation: `${at}.endDateTime`,
      },
    ];
  }
  return [];
}

function checkAdGroup(
  item: Record<string, unknown>,
  at: string,
  { store, accountId, wallMs }: RelationContext,
): Finding[] {
  const findings = checkDates(item as unknown as Flight, at, wallMs);
  const campaign = store.find('campaigns', accountId, String(item.campaignId));
  if (!campaign) {
    findings.push({
      code: 'FIELD_VALUE_NOT_FOUND',
      message: 'no such campaign',
      fieldLocation: `${at}.campaignId`,
    });
    return findings;
  }
  const flights = campaign.fields.flights as Flight[];
  const first = Math.min(...flights.map((flight) => Date.parse(flight.startDateTime)));
  const last = Math.max(...flights.map((flight) => Date.parse(flight.endDateTime)));
  const outside =
    Date.parse(String(item.startDateTime)) < first || Date.parse(String(item.endDateTime)) > last;
  if (outside) {
    findings.push({
      code: 'FIELD_VALUE_IS_OUT_OF_RANGE',
      message: 'outside the flights of the campaign',
      fieldLocation: `${at}.startDateTime`,
    });
  }
  const viewability = (item.targetingSettings as { amazonViewability: Record<string, unknown> })
    .amazonViewability;
  if (viewability.viewabilityTier === 'ALL_TIERS' && viewability.includeUnmeasurableImpressions === true) {
    findings.push({
      code: 'FIELD_VALUE_MISMATCH',
      message: 'must be false for ALL_TIERS',
      fieldLocation: `${at}.targetingSettings.amazonViewability.includeUnmeasurableImpressions`,
    });
  }
  return findings;
}

function checkAd(item: Record<string, unknown>, at: string, context: RelationContext): Finding[] {
  const creative = item.creative;
  if (!isObject(creative)) return [];
  const expected = item.adType === 'VIDEO' ? 'videoCreative' : 'thirdPartyCreative';
  if (creative[expected] === undefined) {
    return [
      {
        code: 'FIELD_VALUE_MISMATCH',
        message: `adType ${item.adType} needs ${expected}`,
        fieldLocation: `${at}.creative`,
      },
    ];
  }
  if (expected === 'thirdPartyCreative') return [];
  const settings = Object.values(creative[expected] as Record<string, unknown>)[0] as {
    videos: { assetId: string; assetVersion: string };
  };
  return context.hasAsset(settings.videos.assetId, settings.videos.assetVersion)
    ? []
    : [
        {
          code: 'FIELD_VALUE_NOT_FOUND',
          message: 'no such video asset',
          fieldLocation: `${at}.creative.videoCreative`,
        },
      ];
}

const videoInventory = ['STREAMING_TV', 'STREAMING_TV_AMAZON_DEAL', 'ONLINE_VIDEO', 'VIDEO', 'LIVE_EVENTS'];

function checkAssociation(
  item: Record<string, unknown>,
  at: string,
  { store, accountId }: RelationContext,
): Finding[] {
  const findings: Finding[] = [];
  const ad = store.find('ads', accountId, String(item.adId));
  const adGroup = store.find('adGroups', accountId, String(item.adGroupId));
  if (!ad)
    findings.push({ code: 'FIELD_VALUE_NOT_FOUND', message: 'no such ad', fieldLocation: `${at}.adId` });
  if (!adGroup)
    findings.push({
      code: 'FIELD_VALUE_NOT_FOUND',
      message: 'no such ad group',
      fieldLocation: `${at}.adGroupId`,
    });
  if (adGroup && !videoInventory.includes(String(adGroup.fields.inventoryType))) {
    findings.push({
      code: 'FIELD_VALUE_MISMATCH',
      message: 'a video ad needs video inventory',
      fieldLocation: `${at}.adGroupId`,
    });
  }
  return findings;
}
