import { type Placement, updatePlacement } from '@cuepoint/contract';
import { describe, expect, it } from 'vitest';
import { emptyPod, placementDraft, readPlacement } from './placement-draft.ts';
import { lengthsSentence, podSentence } from './words.ts';

const placement: Placement = {
  id: 'plc_1',
  publisherId: 'pub_1',
  publisherName: 'Publisher',
  appId: null,
  appName: null,
  key: 'mid',
  name: 'Mid-roll',
  position: 'mid',
  isDefault: false,
  status: 'active',
  minDurationMs: 6000,
  maxDurationMs: 30_000,
  exactDurationsMs: [15_000, 30_000],
  formats: ['linear_video'],
  hosts: ['a.example'],
  pod: {
    kind: 'hybrid',
    durationMs: 90_500,
    maxAds: 6,
    isExact: true,
    slots: [{ kind: 'bumper', minDurationMs: 0, maxDurationMs: 6000 }],
    maxAdsPerAdvertiser: 1,
    firstPermille: 1150,
    lastPermille: 900,
    categorySeparation: 'adjacent',
    backups: 2,
  },
  floorCpmMicros: 14_000_000,
  floorCurrency: 'EUR',
  durationFloors: [{ minDurationMs: 0, maxDurationMs: 15_000, floorCpmMicros: 16_075_000 }],
  minCpmPerSecondMicros: 800_000,
  allowedCategories: [],
  blockedCategories: ['IAB7-39'],
  blockedDomains: ['casino.example'],
  blockedBrands: ['brd_01k7m3x9'],
  blockedMedia: ['ab'.repeat(32)],
  separationScope: 'stream',
  mimes: ['video/mp4', 'application/x-mpegURL'],
  codecs: ['avc1'],
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

describe('a placement that is edited', () => {
  it('means the same when nothing was changed', () => {
    const { input, problems } = readPlacement(placementDraft(placement, ''));
    expect(problems).toEqual([]);
    for (const [field, value] of Object.entries(input)) {
      expect(value, field).toEqual(placement[field as keyof Placement]);
    }
  });

  it('knows every field that the operation takes, but those with one answer', () => {
    const { input } = readPlacement(placementDraft(placement, ''));
    const { placementId: _id, ...fields } = updatePlacement.input.shape;
    const missing = Object.keys(fields).filter((field) => !(field in input));
    expect(missing).toEqual(['formats']);
  });

  it('takes lengths in seconds and prices in units', () => {
    const draft = {
      ...placementDraft(null, 'pub_1'),
      name: 'New',
      max: '15.04',
      floor: '12.5',
      pod: emptyPod,
    };
    const { input, problems } = readPlacement(draft);
    expect(problems).toEqual([]);
    expect(input).toMatchObject({ maxDurationMs: 15_040, floorCpmMicros: 12_500_000 });
    expect(input.pod).toMatchObject({ kind: 'dynamic', durationMs: 120_000, slots: [] });
  });

  it.each([
    [{ name: ' ' }, 'name'],
    [{ max: '0' }, 'max'],
    [{ min: '31' }, 'max'],
    [{ max: '15.0001' }, 'max'],
    [{ exact: '15, long' }, 'exact'],
    [{ floor: '-1' }, 'floor'],
    [{ currency: 'euro' }, 'currency'],
    [{ perSecond: 'little' }, 'perSecond'],
    [{ mimes: 'video/mp4, mp4' }, 'mimes'],
    [{ codecs: 'avc1, H.264 high' }, 'codecs'],
    [{ minBitrate: '1.5' }, 'minBitrate'],
    [{ maxBitrate: '0' }, 'maxBitrate'],
    [{ minBitrate: '20000' }, 'maxBitrate'],
    [{ floors: [{ min: '0', max: '15', cpm: 'much' }] }, 'floors[0]'],
    [{ pod: { ...emptyPod, maxAds: '33' } }, 'pod.maxAds'],
    [{ pod: { ...emptyPod, first: '0' } }, 'pod.first'],
    [{ pod: { ...emptyPod, seconds: '' } }, 'pod.seconds'],
    [{ pod: { ...emptyPod, kind: 'structured' as const } }, 'pod.slots'],
    [
      {
        pod: { ...emptyPod, kind: 'hybrid' as const, slots: [{ kind: 'any' as const, min: '0', max: '0' }] },
      },
      'pod.slots[0]',
    ],
  ])('%j is refused at its field', (change, field) => {
    const { problems } = readPlacement({ ...placementDraft(placement, ''), ...change });
    expect(problems.map((problem) => problem.field)).toContain(field);
  });
});

describe('a placement in words', () => {
  it('says lengths and how it is filled', () => {
    expect(lengthsSentence(placement)).toBe('15 s, 30 s');
    expect(lengthsSentence({ ...placement, exactDurationsMs: [] })).toBe('6 s to 30 s');
    expect(podSentence(placement.pod)).toBe('Hybrid, 90.5 s and 1 slot, 6 ads at most');
    expect(podSentence(null)).toBe('One ad at a time');
  });
});
