import type { ExternalIds, Step, Ticket } from '../../ports.ts';
import type { AmazonDspParams } from './params.ts';
import { zonedDateTime } from './zoned-time.ts';

export type ResourceName = 'campaigns' | 'adGroups' | 'ads' | 'adAssociations';

export interface Resource {
  name: ResourceName;
  /** Key of the object in `success[]` of a 207. */
  singular: string;
  idField: string;
}

const resources = {
  campaign: { name: 'campaigns', singular: 'campaign', idField: 'campaignId' },
  ad_group: { name: 'adGroups', singular: 'adGroup', idField: 'adGroupId' },
  ad: { name: 'ads', singular: 'ad', idField: 'adId' },
  association: { name: 'adAssociations', singular: 'adAssociation', idField: 'adAssociationId' },
} as const satisfies Record<string, Resource>;
type Made = keyof typeof resources;

const titles: Readonly<Record<Made, string>> = {
  campaign: 'campaign',
  ad_group: 'ad group',
  ad: 'ad',
  association: 'association of ad and ad group',
};

/** The step's resource, and the create step whose external id an update is about. */
export function subjectOf(step: Pick<Step, 'name'>): { resource: Resource; made: Made; update: boolean } {
  const update = step.name.startsWith('enable_');
  const made = (update ? step.name.slice('enable_'.length) : step.name) as Made;
  if (!Object.hasOwn(resources, made)) throw new Error(`no step ${step.name} for Amazon DSP`);
  return { resource: resources[made], made, update };
}

/** Create everything paused, top down; then enable bottom up, so that nothing delivers half-built. */
export function stepsOf(ticket: Ticket): Step[] {
  const keys: Record<Made, string> = {
    campaign: ticket.campaignId,
    ad_group: ticket.lineItemId,
    ad: ticket.creativeId,
    association: `${ticket.creativeId}+${ticket.lineItemId}`,
  };
  const create = (made: Made): Step => ({
    name: made,
    kind: 'create',
    ourKey: keys[made],
    shared: made === 'campaign' || made === 'ad_group',
    title: `Create the ${titles[made]}`,
  });
  const enable = (made: Made): Step => ({
    name: `enable_${made}`,
    kind: 'update',
    ourKey: keys[made],
    shared: false,
    title: `Enable the ${titles[made]}`,
  });
  const created = (['campaign', 'ad_group', 'ad', 'association'] as const).map(create);
  return ticket.activate
    ? [...created, ...(['association', 'ad', 'ad_group', 'campaign'] as const).map(enable)]
    : created;
}

export interface StepRequest {
  path: string;
  body: Record<string, unknown>;
}

/** The one request of a step; one item, so that its outcome is the step's. */
export function requestOf(
  ticket: Ticket,
  step: Pick<Step, 'name'>,
  ids: ExternalIds,
  params: AmazonDspParams,
  now: Date,
): StepRequest {
  const { resource, made, update } = subjectOf(step);
  const item = update
    ? { [resource.idField]: ids[made], state: 'ENABLED' }
    : itemOf(made, ticket, ids, params, now);
  return {
    path: `/adsApi/v1/${update ? 'update' : 'create'}/${resource.name}`,
    body: { [resource.name]: [item] },
  };
}

function itemOf(
  made: Made,
  ticket: Ticket,
  ids: ExternalIds,
  params: AmazonDspParams,
  now: Date,
): Record<string, unknown> {
  switch (made) {
    case 'campaign':
      return campaignOf(ticket, now);
    case 'ad_group':
      return adGroupOf(ticket, ids, params, now);
    case 'ad':
      return adOf(ticket);
    case 'association':
      return { adId: ids.ad, adGroupId: ids.ad_group, state: 'PAUSED' };
  }
}

/** The API knows no reference of ours: the key closes the name, where a query can be compared with it. */
export function stampedName(name: string, key: string): string {
  const stamp = ` [${key}]`;
  return `${name.slice(0, 255 - stamp.length)}${stamp}`;
}

export function hasStamp(name: unknown, key: string): boolean {
  return typeof name === 'string' && name.endsWith(` [${key}]`);
}

const kpis = {
  awareness: 'REACH',
  consideration: 'VIDEO_COMPLETION_RATE',
  conversion: 'DETAIL_PAGE_VIEW_RATE',
} as const;

function campaignOf(ticket: Ticket, now: Date): Record<string, unknown> {
  return {
    adProduct: 'AMAZON_DSP',
    name: stampedName(ticket.campaignName, ticket.campaignId),
    state: 'PAUSED',
    flights: openFlights(ticket, now).map((flight) => ({
      name: flight.name,
      startDateTime: startOf(flight, now),
      endDateTime: zonedDateTime(new Date(flight.endAt), flight.timeZone),
      budget: {
        budgetType: 'MONETARY',
        budgetValue: { monetaryBudgetValue: { monetaryBudget: { value: majorUnits(flight.budgetMicros) } } },
      },
    })),
    optimizations: {
      bidSettings: { bidStrategy: 'SPEND_BUDGET_IN_FULL' },
      goalSettings: { kpi: kpis[ticket.objective] },
      primaryInventoryTypes: [ticket.inventory === 'streaming_tv' ? 'VIDEO_STV' : 'VIDEO_OLV'],
    },
    ...(ticket.countryCode === null ? {} : { countries: [ticket.countryCode] }),
  };
}

function adGroupOf(
  ticket: Ticket,
  ids: ExternalIds,
  params: AmazonDspParams,
  now: Date,
): Record<string, unknown> {
  const flights = openFlights(ticket, now);
  const first = flights[0]!;
  const last = flights.reduce(
    (latest, flight) => (Date.parse(flight.endAt) > Date.parse(latest.endAt) ? flight : latest),
    first,
  );
  return {
    adProduct: 'AMAZON_DSP',
    campaignId: ids.campaign,
    name: stampedName(ticket.lineItemName, ticket.lineItemId),
    state: 'PAUSED',
    inventoryType: ticket.inventory === 'streaming_tv' ? 'STREAMING_TV' : 'ONLINE_VIDEO',
    advertisedProductCategoryIds: params.productCategoryIds,
    bid: { baseBid: majorUnits(ticket.cpmMicros) },
    creativeRotationType: 'RANDOM',
    startDateTime: startOf(first, now),
    endDateTime: zonedDateTime(new Date(last.endAt), last.timeZone),
    optimization: { bidStrategy: 'USE_CAMPAIGN_STRATEGY' },
    pacing: { deliveryProfile: 'EVEN' },
    targetingSettings: {
      // ALL_TIERS must not ask for unmeasurable impressions on top.
      amazonViewability: { viewabilityTier: 'ALL_TIERS', includeUnmeasurableImpressions: false },
      timeZoneType: 'ADVERTISER_REGION',
      userLocationSignal: 'MULTIPLE_SIGNALS',
    },
  };
}

function adOf(ticket: Ticket): Record<string, unknown> {
  return {
    adProduct: 'AMAZON_DSP',
    adType: 'THIRD_PARTY',
    name: stampedName(ticket.creativeName, ticket.creativeId),
    state: 'PAUSED',
    creative: {
      thirdPartyCreative: {
        thirdPartyVideoSettings: {
          language: localeOf(ticket.language),
          vastUrl: ticket.vastUrl,
          ...(ticket.impressionTrackingUrls.length === 0
            ? {}
            : { impressionTrackingUrls: ticket.impressionTrackingUrls.map((url) => ({ url })) }),
        },
      },
    },
  };
}

/** Micros as decimal units, the API's form of money. Exact for every amount that `isExact` accepts. */
export function majorUnits(micros: number): number {
  return micros / 1_000_000;
}

/** Whether the decimal in JSON reads back as the same micros. */
export function isExact(micros: number): boolean {
  return Number.isSafeInteger(micros) && Math.round(majorUnits(micros) * 1_000_000) === micros;
}

/** Flights that are not over, earliest first. */
export function openFlights(ticket: Ticket, now: Date): Ticket['flights'][number][] {
  return ticket.flights
    .filter((flight) => Date.parse(flight.endAt) > now.getTime())
    .sort((one, other) => Date.parse(one.startAt) - Date.parse(other.startAt));
}

/** The platform refuses a start in the past: a flight that has begun starts now. */
function startOf(flight: Ticket['flights'][number], now: Date): string {
  return zonedDateTime(new Date(Math.max(Date.parse(flight.startAt), now.getTime())), flight.timeZone);
}

/** The API has one locale for most languages; British English is `en_US` there too. */
const locales: Readonly<Record<string, string>> = {
  ...{
    en: 'en_US',
    de: 'de_DE',
    fr: 'fr_FR',
    es: 'es_ES',
    it: 'it_IT',
    nl: 'nl_NL',
    sv: 'sv_SE',
    pl: 'pl_PL',
  },
  ...{
    pt: 'pt_PT',
    ja: 'ja_JP',
    tr: 'tr_TR',
    fi: 'fi_FI',
    nb: 'nb_NO',
    hi: 'hi_IN',
    zh: 'zh_CN',
    ko: 'ko_KR',
    ar: 'ar_AE',
  },
};
export const knownLanguages = Object.keys(locales);

export function localeOf(language: string): string | undefined {
  return locales[language.toLowerCase().split(/[-_]/)[0]!];
}
