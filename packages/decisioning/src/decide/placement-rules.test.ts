import { describe, expect, it } from 'vitest';
import { explain } from '../explain/explain.ts';
import { assign, creative, lineItem, OPEN, PLACEMENT, POD, REQUEST } from '../fixture.ts';
import { buildIndex } from '../index/build-index.ts';
import type { CreativeInput, LineItemInput, PlacementInput } from '../model.ts';
import type { Reason } from '../reasons.ts';
import { decide } from './decide.ts';

interface Row {
  readonly placement: Partial<PlacementInput>;
  readonly creative?: Partial<CreativeInput>;
  readonly item?: Partial<LineItemInput>;
  /** Null: it serves. */
  readonly reason: Reason | null;
}

const floors = [
  { minDurationMs: 0, maxDurationMs: 15_000, floorCpmMicros: 10_000_000 },
  { minDurationMs: 15_001, maxDurationMs: 30_000, floorCpmMicros: 25_000_000 },
];
const cpm = (units: number) => ({ item: { cpmMicros: units * 1_000_000 } });
const rates = (...kbps: number[]) => ({
  creative: {
    mediaFiles: kbps.map((bitrateKbps) => ({
      mime: 'video/mp4',
      codec: 'avc1.640028',
      width: 1920,
      height: 1080,
      bitrateKbps,
    })),
  },
});

/** A line item of 30 seconds at 20 a thousand, unless a row says otherwise. */
const ROWS: [string, Row][] = [
  // A thousand seconds: 30 of them cost 20 when a second costs two thirds.
  ['a price per second that is met', { placement: { minCpmPerSecondMicros: 666_666 }, reason: null }],
  [
    'a price per second that is missed',
    { placement: { minCpmPerSecondMicros: 666_667 }, reason: 'below_floor' },
  ],
  [
    'the same for half the length',
    { placement: { minCpmPerSecondMicros: 666_667 }, creative: { durationMs: 15_000 }, reason: null },
  ],
  [
    'a price per second of what is sold by another way',
    { placement: { minCpmPerSecondMicros: 9_000_000 }, item: { type: 'guaranteed' }, reason: null },
  ],
  ['the floor of its length, met', { placement: { durationFloors: floors }, ...cpm(25), reason: null }],
  [
    'the floor of its length, missed',
    { placement: { durationFloors: floors }, ...cpm(24), reason: 'below_floor' },
  ],
  [
    'the floor of a shorter length',
    { placement: { durationFloors: floors }, ...cpm(10), creative: { durationMs: 15_000 }, reason: null },
  ],
  [
    'the general floor where no length is named',
    {
      placement: { durationFloors: floors.slice(0, 1), floorCpmMicros: 21_000_000 },
      reason: 'below_floor',
    },
  ],
  [
    'a length with a floor of its own below the general one',
    {
      placement: { durationFloors: floors, floorCpmMicros: 90_000_000 },
      ...cpm(25),
      reason: null,
    },
  ],
  [
    'the higher of floor and price per second',
    {
      placement: { durationFloors: floors, minCpmPerSecondMicros: 900_000 },
      ...cpm(26),
      reason: 'below_floor',
    },
  ],
  ['the highest bit rate, met', { placement: { maxBitrateKbps: 8000 }, reason: null }],
  ['the highest bit rate, exceeded', { placement: { maxBitrateKbps: 7999 }, reason: 'bitrate_fit' }],
  [
    'one rendition below the highest',
    { placement: { maxBitrateKbps: 7999 }, ...rates(8000, 4000), reason: null },
  ],
  [
    'renditions on both sides of what is taken',
    {
      placement: { minBitrateKbps: 5000, maxBitrateKbps: 7999 },
      ...rates(8000, 4000),
      reason: 'bitrate_fit',
    },
  ],
  [
    'an allowed category',
    { placement: { allowedCategories: ['IAB1'] }, creative: { categories: ['IAB9', 'IAB1'] }, reason: null },
  ],
  [
    'no category that is allowed',
    {
      placement: { allowedCategories: ['IAB1'] },
      creative: { categories: ['IAB9'] },
      reason: 'blocked_category',
    },
  ],
  [
    'no category at all where some are allowed',
    { placement: { allowedCategories: ['IAB1'] }, reason: 'blocked_category' },
  ],
  [
    'an allowed category beside a blocked one',
    {
      placement: { allowedCategories: ['IAB1'], blockedCategories: ['IAB9'] },
      creative: { categories: ['IAB1', 'IAB9'] },
      reason: 'blocked_category',
    },
  ],
];

describe('a placement asks for', () => {
  it.each(ROWS)('%s', (_, { placement, creative: file, item, reason }) => {
    const index = buildIndex({
      placements: [{ ...PLACEMENT, ...placement }],
      creatives: [creative({ id: 'crv_x', ...file })],
      lineItems: [lineItem({ id: 'li_x', creatives: assign('crv_x'), ...item })],
    });
    for (const request of [REQUEST, { ...REQUEST, pod: POD }]) {
      const decision = decide(index, request, OPEN, 1);
      expect(decision.reason).toBe(reason);
      expect(decision.ads).toHaveLength(reason === null ? 1 : 0);
      expect(explain(index, request, OPEN, 1).candidates[0]!.reasons).toEqual(
        reason === null ? [] : [reason],
      );
    }
  });
});
