import { boolean, fields, instant, integer, list, number, oneOf, type Rule, text, url } from './rules.ts';

/** The four resources of the flow, as the Amazon Ads API v1 (DSP) description has them. */
export type ResourceName = 'campaigns' | 'adGroups' | 'ads' | 'adAssociations';

export interface Resource {
  name: ResourceName;
  /** Key of the object in `success[]`. */
  singular: string;
  idField: string;
  batchMax: number;
  create: Rule;
  update: Rule;
  /** Filters of its query: name -> kind. `adProductFilter` is required wherever it exists. */
  idFilters: Readonly<Record<string, { field: string; max: number }>>;
  hasAdProduct: boolean;
  hasState: boolean;
}

const adProduct = oneOf('AMAZON_DSP');
const state = oneOf('ENABLED', 'PAUSED');
/** Amazon's guide: campaigns and ad groups start paused, though the enumeration has both. */
const pausedAtFirst = oneOf('PAUSED');
const marketplaces = list(
  oneOf('AE', 'AU', 'BR', 'CA', 'DE', 'ES', 'FR', 'GB', 'IN', 'IT', 'JP', 'MX', 'NL', 'SA', 'SE', 'TR', 'US'),
  1,
);
const country = oneOf(
  ...'AE AT AU BE BH BR CA CH DE DK EG ES FI FR GB IE IL IN IT JO JP KW LU MA MX NL NO NZ OM QA SA SE SG TR US'.split(
    ' ',
  ),
);
const bidStrategy = oneOf('SPEND_BUDGET_IN_FULL', 'PRIORITIZE_KPI_TARGET', 'USE_CAMPAIGN_STRATEGY');
const money = fields({ monetaryBudgetValue: fields({ monetaryBudget: fields({ value: number(0.01) }) }) });
const flightBudget = fields({ budgetType: oneOf('MONETARY'), budgetValue: money });
const cap = fields({
  budgetType: oneOf('MONETARY'),
  budgetValue: money,
  recurrenceTimePeriod: oneOf('DAILY', 'MONTHLY', 'LIFETIME'),
});
const frequency = fields({
  eventMaxCount: integer(1, 99_000),
  timeUnit: oneOf('MINUTES', 'HOURS', 'DAYS'),
  timeCount: integer(1, 60),
  frequencyTargetingSetting: oneOf('USER', 'HOUSEHOLD'),
});
const flights = list(
  fields(
    { startDateTime: instant, endDateTime: instant, budget: flightBudget },
    { name: text(), flightId: text() },
  ),
  150,
  1,
);
const kpi = oneOf(
  'REACH',
  'VIDEO_COMPLETION_RATE',
  'COST_PER_VIDEO_COMPLETION',
  'CLICK_THROUGH_RATE',
  'COST_PER_CLICK',
  'DETAIL_PAGE_VIEW_RATE',
  'COST_PER_DETAIL_PAGE_VIEW',
  'RETURN_ON_AD_SPEND',
  'TOTAL_RETURN_ON_AD_SPEND',
  'FREQUENCY_AVERAGE',
);
const optimizations = fields(
  { bidSettings: fields({ bidStrategy }) },
  {
    goalSettings: fields({ kpi }, { kpiValue: number(0) }),
    primaryInventoryTypes: list(oneOf('AUDIO', 'DISPLAY', 'VIDEO_OLV', 'VIDEO_STV'), 10),
    budgetSettings: fields(
      {},
      {
        budgetAllocation: oneOf('AUTO', 'MANUAL'),
        flightBudgetRolloverStrategy: oneOf(
          'NO_ROLLOVER',
          'PRIOR_BUDGET_ROLLOVER',
          'CUMULATIVE_BUDGET_ROLLOVER',
        ),
      },
    ),
  },
);
const tags = (max: number) => list(fields({ key: text(), value: text() }), max);
/** Locales of the description that this stand-in takes; a bare language code is not among them. */
const language = oneOf(
  ...'en_US de_DE fr_FR es_ES it_IT nl_NL sv_SE pl_PL pt_PT ja_JP tr_TR fi_FI nb_NO hi_IN zh_CN ko_KR ar_AE'.split(
    ' ',
  ),
);
const trackers = list(fields({ url }), 5);
const video = fields({ assetId: text(), assetVersion: text() });
const calls: Rule = list(
  {
    kind: 'oneKey',
    of: {
      learnMoreVideoCallToActionSettings: fields({ url }),
      clickToUrlVideoCallToActionSettings: fields({ url, deepLinkingBehavior: text() }),
    },
  },
  10,
);
const creative: Rule = {
  kind: 'oneKey',
  of: {
    thirdPartyCreative: {
      kind: 'oneKey',
      of: {
        thirdPartyVideoSettings: fields({ language, vastUrl: url }, { impressionTrackingUrls: trackers }),
      },
    },
    videoCreative: {
      kind: 'oneKey',
      of: {
        streamingTvSettings: fields(
          { language, videos: video },
          {
            impressionTrackingUrls: trackers,
            callToActions: calls,
            products: list(fields({ productId: text(), productIdType: text() }), 20),
          },
        ),
        onlineVideoSettings: fields(
          { language, videos: video },
          {
            impressionTrackingUrls: trackers,
            clickTrackingUrls: trackers,
            callToActions: calls,
            products: fields({ productId: text(), productIdType: text() }),
          },
        ),
      },
    },
  },
};
const targetingSettings = fields(
  {
    amazonViewability: fields({
      viewabilityTier: oneOf(
        'ALL_TIERS',
        'GREATER_THAN_40_PERCENT',
        'GREATER_THAN_50_PERCENT',
        'GREATER_THAN_60_PERCENT',
        'GREATER_THAN_70_PERCENT',
        'LESS_THAN_40_PERCENT',
      ),
      includeUnmeasurableImpressions: boolean,
    }),
    timeZoneType: oneOf('ADVERTISER_REGION', 'VIEWER'),
    userLocationSignal: oneOf('CURRENT', 'MULTIPLE_SIGNALS'),
  },
  { enableLanguageTargeting: boolean, targetedPGDealId: text() },
);
const adGroupFields = {
  bid: fields({ baseBid: number(0.01) }, { maxAverageBid: number(0.01) }),
  creativeRotationType: oneOf('RANDOM', 'WEIGHTED'),
  startDateTime: instant,
  endDateTime: instant,
  optimization: fields({ bidStrategy }),
  pacing: fields({ deliveryProfile: oneOf('EVEN', 'ASAP', 'PACE_AHEAD') }),
  targetingSettings,
  advertisedProductCategoryIds: list(text(), 500, 1),
};
const name = text(255);

export const resources: Readonly<Record<ResourceName, Resource>> = {
  campaigns: {
    name: 'campaigns',
    singular: 'campaign',
    idField: 'campaignId',
    batchMax: 5,
    create: fields(
      { adProduct, name, state: pausedAtFirst, flights, optimizations },
      {
        budgets: list(cap, 2),
        countries: list(country, 1),
        marketplaces,
        frequencies: list(frequency, 3),
        purchaseOrderNumber: text(),
        tags: tags(1),
      },
    ),
    update: fields(
      { campaignId: text() },
      { name, state, flights, budgets: list(cap, 2), frequencies: list(frequency, 3), tags: tags(1) },
    ),
    idFilters: { campaignIdFilter: { field: 'campaignId', max: 1000 } },
    hasAdProduct: true,
    hasState: true,
  },
  adGroups: {
    name: 'adGroups',
    singular: 'adGroup',
    idField: 'adGroupId',
    batchMax: 20,
    create: fields(
      {
        adProduct,
        campaignId: text(),
        name,
        state: pausedAtFirst,
        inventoryType: oneOf(
          ...'STREAMING_TV ONLINE_VIDEO DISPLAY AUDIO PODCAST LIVE_EVENTS STREAMING_TV_AMAZON_DEAL VIDEO STANDARD_DISPLAY AUDIO_AMAZON_DEAL AAP_MOBILE_APP AMAZON_MOBILE_DISPLAY'.split(
            ' ',
          ),
        ),
        ...adGroupFields,
      },
      { budgets: list(cap, 3), frequencies: list(frequency, 3), purchaseOrderNumber: text(), tags: tags(1) },
    ),
    update: fields({ adGroupId: text() }, { name, state, budgets: list(cap, 3), ...adGroupFields }),
    idFilters: {
      adGroupIdFilter: { field: 'adGroupId', max: 1000 },
      campaignIdFilter: { field: 'campaignId', max: 100 },
    },
    hasAdProduct: true,
    hasState: true,
  },
  ads: {
    name: 'ads',
    singular: 'ad',
    idField: 'adId',
    batchMax: 10,
    create: fields(
      { adProduct, adType: oneOf('VIDEO', 'THIRD_PARTY'), name, state, creative },
      { marketplaces, tags: tags(50) },
    ),
    update: fields({ adId: text() }, { name, state, creative, marketplaces, tags: tags(50) }),
    idFilters: { adIdFilter: { field: 'adId', max: 100 } },
    hasAdProduct: true,
    hasState: false,
  },
  adAssociations: {
    name: 'adAssociations',
    singular: 'adAssociation',
    idField: 'adAssociationId',
    batchMax: 20,
    create: fields(
      { adId: text(), adGroupId: text(), state },
      { weight: integer(0, 100), startDateTime: instant, endDateTime: instant },
    ),
    update: fields(
      { adAssociationId: text() },
      { state, weight: integer(0, 100), startDateTime: instant, endDateTime: instant },
    ),
    idFilters: {
      adAssociationIdFilter: { field: 'adAssociationId', max: 100 },
      adGroupIdFilter: { field: 'adGroupId', max: 100 },
      adIdFilter: { field: 'adId', max: 100 },
    },
    hasAdProduct: false,
    hasState: false,
  },
};
