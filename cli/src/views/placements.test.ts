import type { Placement } from '@cuepoint/contract';
import { expect, it } from 'vitest';
import { placementView } from './placements.ts';

const placement: Placement = {
  id: 'plc_1',
  publisherId: 'pub_1',
  publisherName: 'Larkfield Television',
  appId: null,
  appName: null,
  key: 'mid',
  name: 'Mid-roll',
  position: 'mid',
  isDefault: false,
  status: 'active',
  minDurationMs: 6000,
  maxDurationMs: 30_000,
  exactDurationsMs: [],
  formats: ['linear_video'],
  hosts: [],
  pod: null,
  floorCpmMicros: 14_000_000,
  floorCurrency: 'EUR',
  durationFloors: [{ minDurationMs: 0, maxDurationMs: 15_000, floorCpmMicros: 16_075_000 }],
  minCpmPerSecondMicros: 800_000,
  allowedCategories: [],
  blockedCategories: [],
  blockedDomains: [],
  blockedBrands: [],
  blockedMedia: [],
  separationScope: 'pod',
  mimes: ['video/mp4'],
  codecs: ['avc1', 'hvc1'],
  minBitrateKbps: 2000,
  maxBitrateKbps: 12_000,
  clearance: null,
  tags: { vast: '/vast', vmap: '/vmap', pod: '/pod', assetList: '/assets' },
  archived: false,
  demo: false,
  version: 1,
  createdAt: '2026-11-01T00:00:00.000Z',
  updatedAt: '2026-11-01T00:00:00.000Z',
};

it('shows every floor of a placement and which files it takes', () => {
  const text = placementView(placement);
  expect(text).toContain('EUR 14.000000 CPM; EUR 16.075000 from 0 s to 15 s; EUR 0.800000 for each second');
  expect(text).toContain('video/mp4; avc1, hvc1; 2000 to 12000 kbit/s');
  expect(
    placementView({ ...placement, mimes: [], codecs: [], durationFloors: [], minCpmPerSecondMicros: 0 }),
  ).toMatch(/floor +EUR 14\.000000 CPM\nfiles +any type; any codec; 2000/);
});
