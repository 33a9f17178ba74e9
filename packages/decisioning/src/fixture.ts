import type { AdRequest, CreativeInput, LineItemInput, Readings } from './model.ts';

/** A line item that serves unless a test says otherwise. */
export function lineItem(over: Partial<LineItemInput> & { id: string }): LineItemInput {
  return {
    accountId: 'acc_1',
    campaignId: 'cmp_1',
    brandId: 'brd_1',
    priority: 8,
    cpmMicros: 20_000_000,
    currency: 'USD',
    status: 'active',
    pacing: 'asap',
    flights: [
      {
        id: `flt_${over.id}`,
        startAt: '2026-03-01T00:00:00Z',
        endAt: '2026-04-01T00:00:00Z',
        budgetMicros: null,
      },
    ],
    budgetMicros: null,
    targeting: [],
    creatives: [{ creativeId: 'crv_30', weight: 1 }],
    ...over,
  };
}

export const CREATIVES: CreativeInput[] = [
  { id: 'crv_15', accountId: 'acc_1', status: 'approved', durationMs: 15_000 },
  { id: 'crv_30', accountId: 'acc_1', status: 'approved', durationMs: 30_000 },
  { id: 'crv_new', accountId: 'acc_1', status: 'unapproved', durationMs: 30_000 },
  { id: 'crv_foreign', accountId: 'acc_2', status: 'approved', durationMs: 30_000 },
];

export const REQUEST: AdRequest = {
  accountId: 'acc_1',
  placementId: 'plc_1',
  minDurationMs: 1_000,
  maxDurationMs: 30_000,
  country: 'US',
  device: 'ctv',
  atMs: Date.parse('2026-03-15T12:00:00Z'),
};

export const OPEN: Readings = {
  availableMicros: () => Number.POSITIVE_INFINITY,
  passRate: () => 1,
};
