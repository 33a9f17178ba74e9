import type { SigningKey } from '../../kernel/delivery-protocol.ts';
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
    priority: 8,
    cpmMicros: 20_000_000,
    currency: 'USD',
    countries: ['US'],
    deviceTypes: ['ctv', 'mobile'],
    campaignBudgetMicros: 100_000_000,
    campaignFlightBudgetMicros: 100_000_000,
    flights: [
      {
        id: 'flt_one00000',
        startAt: new Date('2026-11-01T00:00:00.000Z'),
        endAt: new Date('2026-12-01T00:00:00.000Z'),
        budgetMicros: 100_000_000,
      },
    ],
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
    ...more,
  };
}
