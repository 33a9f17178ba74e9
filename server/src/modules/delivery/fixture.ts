import type { SigningKey } from '../../kernel/delivery-protocol.ts';
import type { SnapshotRows } from './domain/assemble-body.ts';
import type { IngestedSpend, ServableCreative, ServableLineItem } from './ports.ts';

/** Rows for tests: valid as they are, each field replaceable. */
export const signingKey: SigningKey = { kid: 'k1', secret: 'A'.repeat(43), state: 'active' };

export const emptySpend: IngestedSpend = { byLineItem: new Map(), byFlight: new Map(), ingestedThrough: {} };

export function lineItem(more: Partial<ServableLineItem> = {}): ServableLineItem {
  return {
    id: 'li_one000000',
    accountId: 'acc_one00000',
    campaignId: 'cmp_one00000',
    brandId: 'brd_one00000',
    name: 'Line item one',
    status: 'active',
    campaignStatus: 'active',
    type: 'standard',
    priority: 8,
    priceModel: 'cpm',
    cpmMicros: 20_000_000,
    currency: 'USD',
    pacing: 'even',
    sharePercent: null,
    targeting: {
      all: [
        { dimension: 'country', operator: 'any_of', values: ['US'] },
        { dimension: 'device', operator: 'any_of', values: ['ctv', 'console', 'phone'] },
      ],
    },
    dayparts: [],
    frequencyCaps: [],
    separation: { scope: 'pod', labels: [] },
    podPosition: 'any',
    rotation: 'even',
    campaignBudgetMicros: 100_000_000,
    campaignPlannedMicros: 100_000_000,
    campaignOpenLineItems: 0,
    plannedMicros: 100_000_000,
    isOpen: false,
    flights: [flight()],
    assignments: [],
    ...more,
  };
}

export function flight(
  more: Partial<ServableLineItem['flights'][number]> = {},
): ServableLineItem['flights'][number] {
  return {
    id: 'flt_one00000',
    accountId: 'acc_one00000',
    lineItemId: 'li_one000000',
    name: 'Flight 1',
    startAt: new Date('2026-11-01T00:00:00.000Z'),
    endAt: new Date('2026-12-01T00:00:00.000Z'),
    timeZone: 'America/New_York',
    budgetMicros: 100_000_000,
    impressionGoal: null,
    dailyBudgetMicros: null,
    version: 1,
    createdAt: new Date('2026-10-01T00:00:00.000Z'),
    updatedAt: new Date('2026-10-01T00:00:00.000Z'),
    ...more,
  };
}

export function creative(more: Partial<ServableCreative> = {}): ServableCreative {
  return {
    id: 'crv_one00000',
    accountId: 'acc_one00000',
    campaignId: 'cmp_one00000',
    lineItemId: null,
    name: 'Creative one',
    isServable: true,
    durationMs: 15_000,
    mediaFiles: [
      {
        hash: 'a'.repeat(64),
        path: 'aa/aaaa.mp4',
        mime: 'video/mp4',
        width: 1920,
        height: 1080,
        bitrateKbps: 8000,
        codec: 'avc1.640028',
      },
    ],
    vast: { version: '4.2', ads: [] },
    clickThroughUrl: 'https://fernwhistle.example/ridge',
    universalAdId: { idRegistry: 'ad-id.org', idValue: 'FRN00001000H' },
    adDomain: 'fernwhistle.example',
    categories: ['IAB20'],
    fingerprint: 'a'.repeat(64),
    clearedFor: ['cuepoint_serving'],
    ...more,
  };
}

type PlacementRow = SnapshotRows['placements'][number];

export function placement(more: Partial<PlacementRow> = {}): PlacementRow {
  return {
    id: 'plc_one00000',
    accountId: 'acc_one00000',
    publisherId: 'pub_one00000',
    key: 'main',
    name: 'Main',
    hosts: [],
    isDefault: true,
    status: 'active',
    position: 'mid',
    minDurationMs: 1,
    maxDurationMs: 60_000,
    exactDurationsMs: [],
    format: 'linear_video',
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
    app: null,
    ...more,
  };
}
