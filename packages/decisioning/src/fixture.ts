import type { Readings } from './decide/readings.ts';
import type {
  AdRequest,
  CreativeInput,
  LineItemInput,
  PlacementInput,
  PodRuleInput,
  SnapshotInput,
} from './model.ts';
import { DIMENSION_NAMES, type Dimension, spell } from './targeting/dimensions.ts';

/** A line item that serves unless a test says otherwise. */
export function lineItem(over: Partial<LineItemInput> & { id: string }): LineItemInput {
  return {
    accountId: 'acc_1',
    campaignId: 'cmp_1',
    brandId: `brd_${over.id}`,
    type: 'standard',
    priority: 8,
    cpmMicros: 20_000_000,
    priceModel: 'cpm',
    currency: 'USD',
    status: 'active',
    pacing: 'asap',
    sharePercent: null,
    flights: [flight(over.id)],
    budgetMicros: null,
    targeting: { all: [] },
    dayparts: [],
    frequencyCaps: [],
    separation: { scope: 'pod', labels: [] },
    rotation: 'even',
    creatives: [{ creativeId: 'crv_30', weight: 1, sequence: 1, startAt: null, endAt: null }],
    ...over,
  };
}

export function flight(
  id: string,
  over: Partial<LineItemInput['flights'][number]> = {},
): LineItemInput['flights'][number] {
  return {
    id: `flt_${id}`,
    startAt: '2026-03-01T00:00:00Z',
    endAt: '2026-04-01T00:00:00Z',
    timeZone: 'America/New_York',
    budgetMicros: null,
    impressionGoal: null,
    dailyBudgetMicros: null,
    ...over,
  };
}

export function assign(...ids: string[]): LineItemInput['creatives'] {
  return ids.map((creativeId, at) => ({
    creativeId,
    weight: 1,
    sequence: at + 1,
    startAt: null,
    endAt: null,
  }));
}

export function creative(over: Partial<CreativeInput> & { id: string }): CreativeInput {
  return {
    accountId: 'acc_1',
    status: 'approved',
    durationMs: 30_000,
    adDomain: `${over.id}.example`,
    categories: [],
    fingerprint: `hash of ${over.id}`,
    mediaFiles: [{ mime: 'video/mp4', codec: 'avc1.640028', width: 1920, height: 1080, bitrateKbps: 8000 }],
    clearedFor: [],
    ...over,
  };
}

export const CREATIVES: CreativeInput[] = [
  creative({ id: 'crv_15', durationMs: 15_000 }),
  creative({ id: 'crv_30' }),
  creative({ id: 'crv_new', status: 'unapproved' }),
  creative({ id: 'crv_foreign', accountId: 'acc_2' }),
];

export const PLACEMENT: PlacementInput = {
  id: 'plc_1',
  accountId: 'acc_1',
  publisherId: 'pub_1',
  position: 'mid',
  minDurationMs: 1,
  maxDurationMs: 120_000,
  exactDurationsMs: [],
  pod: null,
  floorCpmMicros: 0,
  floorCurrency: 'USD',
  durationFloors: [],
  minCpmPerSecondMicros: 0,
  allowedCategories: [],
  blockedCategories: [],
  blockedDomains: [],
  mimes: [],
  codecs: [],
  minBitrateKbps: 0,
  maxBitrateKbps: 1_000_000,
  clearance: null,
};

export const POD: PodRuleInput = {
  kind: 'dynamic',
  durationMs: 120_000,
  maxAds: 4,
  isExact: false,
  slots: [],
  maxAdsPerAdvertiser: 1,
  firstPermille: 1000,
  lastPermille: 1000,
  categorySeparation: 'pod',
  backups: 0,
};

type Facts = Partial<Record<Dimension, string | readonly string[]>>;

/** Facts in their stored order and spelling; sets that are left out are empty, all else unknown. */
export function facts(known: Facts): AdRequest['facts'] {
  return DIMENSION_NAMES.map((name) => {
    const value = known[name];
    if (value === undefined) return ['key_value', 'deal', 'segment'].includes(name) ? [] : null;
    return typeof value === 'string' ? spell(name, value) : value.map((one) => spell(name, one));
  });
}

export const REQUEST: AdRequest = {
  accountId: 'acc_1',
  placementId: 'plc_1',
  minDurationMs: 1_000,
  maxDurationMs: 30_000,
  facts: facts({ country: 'US', device: 'ctv', placement: 'plc_1', position: 'mid', publisher: 'pub_1' }),
  identity: [1, 2],
  // A Sunday, 8:00 in New York.
  atMs: Date.parse('2026-03-15T12:00:00Z'),
};

export function snapshot(
  lineItems: readonly LineItemInput[],
  over: Partial<SnapshotInput> = {},
): SnapshotInput {
  return { lineItems, creatives: CREATIVES, placements: [PLACEMENT], ...over };
}

export const OPEN: Readings = {
  affordable: () => Number.POSITIVE_INFINITY,
  passRate: () => 1,
  room: () => Number.POSITIVE_INFINITY,
  creativeRoom: () => Number.POSITIVE_INFINITY,
  sequence: () => 0,
};
