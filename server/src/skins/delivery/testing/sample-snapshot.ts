import { slot, type VastDocument } from '@cuepoint/vast';
import {
  type DecisionRequest,
  type SnapshotBody,
  type SnapshotCreative,
  type SnapshotLineItem,
  type SnapshotPlacement,
  type SpendStatement,
  VAST_SLOTS,
} from '../../../kernel/delivery-protocol.ts';

export const SAMPLE_HASH = 'ab'.repeat(32);
export const SAMPLE_SECRET = Buffer.alloc(32, 7).toString('base64url');

/** A document as the control plane writes it: everything fixed but the addresses of one decision. */
function sampleVast(creativeId: string, durationMs: number): VastDocument {
  return {
    version: '4.2',
    ads: [
      {
        kind: 'inline',
        id: slot(VAST_SLOTS.adId),
        adSystem: { name: 'Cuepoint', version: '0.1' },
        adTitle: `Sample ${creativeId}`,
        adServingId: slot(VAST_SLOTS.adServingId),
        impressions: [{ url: slot(VAST_SLOTS.tracking.impression) }],
        errorUrls: [slot(VAST_SLOTS.tracking.error)],
        adVerifications: [
          {
            vendor: 'verification.example-omid',
            javaScriptResources: [
              { url: 'https://verification.example/omid.js', apiFramework: 'omid', browserOptional: true },
            ],
            verificationParameters: '{"campaign":"sample"}',
          },
        ],
        creatives: [
          {
            id: creativeId,
            universalAdIds: [{ idRegistry: 'ad-id.org', value: 'CNPA0484000H' }],
            linear: {
              durationMs,
              trackingEvents: Object.entries(VAST_SLOTS.tracking)
                .filter(([event]) => event !== 'impression' && event !== 'error')
                .map(([event, name]) => ({ event, url: slot(name) })),
              videoClicks: { clickThrough: { url: slot(VAST_SLOTS.clickThrough) } },
              mediaFiles: [
                {
                  url: `https://media.example/${SAMPLE_HASH}.mp4`,
                  delivery: 'progressive',
                  type: 'video/mp4',
                  width: 1920,
                  height: 1080,
                  bitrateKbps: 8000,
                  codec: 'avc1.640028',
                },
              ],
            },
          },
        ],
      },
    ],
  };
}

export function sampleCreative(over: Partial<SnapshotCreative> & { id: string }): SnapshotCreative {
  const durationMs = over.durationMs ?? 30_000;
  return {
    accountId: 'acc_1',
    name: 'Sample',
    status: 'approved',
    durationMs,
    mediaFiles: [
      {
        hash: SAMPLE_HASH,
        path: `${SAMPLE_HASH.slice(0, 2)}/${SAMPLE_HASH}.mp4`,
        mime: 'video/mp4',
        width: 1920,
        height: 1080,
        bitrateKbps: 8000,
        codec: 'avc1.640028',
      },
    ],
    vast: sampleVast(over.id, durationMs) as unknown as Record<string, unknown>,
    clickThroughUrl: 'https://brand.example/landing?from=ctv&x=1',
    universalAdId: { idRegistry: 'ad-id.org', idValue: 'CNPA0484000H' },
    adDomain: 'brand.example',
    categories: ['IAB1'],
    fingerprint: SAMPLE_HASH,
    clearedFor: [],
    ...over,
  };
}

/** A line item that serves now, at 20 a thousand, with a budget of a thousand impressions. */
export function sampleLineItem(over: Partial<SnapshotLineItem> & { id: string }): SnapshotLineItem {
  return {
    accountId: 'acc_1',
    campaignId: 'cmp_1',
    brandId: 'brd_1',
    type: 'standard',
    priority: 8,
    cpmMicros: 20_000_000,
    priceModel: 'cpm',
    currency: 'USD',
    status: 'active',
    pacing: 'asap',
    sharePercent: null,
    flights: [sampleFlight(over.id)],
    budgetMicros: 20_000_000,
    targeting: { all: [] },
    dayparts: [],
    frequencyCaps: [],
    separation: { scope: 'pod', labels: [] },
    rotation: 'even',
    creatives: sampleAssignments('crv_1'),
    ...over,
  };
}

type SampleFlight = SnapshotLineItem['flights'][number];

export function sampleFlight(id: string, over: Partial<SampleFlight> = {}): SampleFlight {
  return {
    id: `flt_${id}`,
    startAt: '2020-01-01T00:00:00Z',
    endAt: '2099-01-01T00:00:00Z',
    timeZone: 'Europe/Berlin',
    budgetMicros: 20_000_000,
    impressionGoal: null,
    dailyBudgetMicros: null,
    ...over,
  };
}

export function sampleAssignments(...creativeIds: string[]): SnapshotLineItem['creatives'] {
  return creativeIds.map((creativeId, at) => ({
    creativeId,
    weight: 1,
    sequence: at + 1,
    startAt: null,
    endAt: null,
  }));
}

export function samplePlacement(over: Partial<SnapshotPlacement> = {}): SnapshotPlacement {
  return {
    id: 'plc_1',
    accountId: 'acc_1',
    publisherId: 'pub_1',
    key: 'main',
    name: 'Main',
    hosts: ['tv.example'],
    isDefault: true,
    status: 'active',
    position: 'mid',
    minDurationMs: 5_000,
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
    ...over,
  };
}

/** A request for one ad of at most 30 seconds in it. */
export function sampleRequest(over: Partial<DecisionRequest> = {}): DecisionRequest {
  return {
    requestId: 'r',
    accountId: 'acc_1',
    placementId: 'plc_1',
    minDurationMs: 0,
    maxDurationMs: 30_000,
    pod: null,
    facts: { device: 'ctv' },
    withheld: [],
    identity: null,
    identityKind: 'none',
    streamKeys: [],
    blockedCategories: [],
    blockedDomains: [],
    floorCpmMicros: 0,
    mimes: [],
    ...over,
  };
}

export const NO_SPEND: SpendStatement = { ingestedThrough: {}, lineItems: {}, flights: {} };

/** One account with one default placement, one line item and one creative, unless told otherwise. */
export function sampleSnapshot(over: Partial<SnapshotBody> = {}): SnapshotBody {
  return {
    keys: [{ kid: 'k1', secret: SAMPLE_SECRET, state: 'active' }],
    accounts: [{ id: 'acc_1', publisherKey: 'pub-one', timeZone: 'Europe/Berlin', tcfVendorId: null }],
    placements: [samplePlacement()],
    lineItems: [sampleLineItem({ id: 'li_1' })],
    creatives: [sampleCreative({ id: 'crv_1' })],
    ...over,
  };
}
