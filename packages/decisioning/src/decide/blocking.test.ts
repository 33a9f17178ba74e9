import { describe, expect, it } from 'vitest';
import { explain } from '../explain/explain.ts';
import { KnownReadings } from '../explain/known-readings.ts';
import { requiredAndActual } from '../explain/required-actual.ts';
import { smallestEdit } from '../explain/smallest-edit.ts';
import { assign, creative, lineItem, OPEN, PLACEMENT, REQUEST } from '../fixture.ts';
import { buildIndex } from '../index/build-index.ts';
import type { AdRequest, PlacementInput } from '../model.ts';
import { decide } from './decide.ts';

const FILE = 'AB'.repeat(32);
const OTHER = 'cd'.repeat(32);

const index = (placement: Partial<PlacementInput>) =>
  buildIndex({
    placements: [{ ...PLACEMENT, ...placement }],
    creatives: [creative({ id: 'crv_a', fingerprint: FILE }), creative({ id: 'crv_b', fingerprint: OTHER })],
    lineItems: [
      lineItem({ id: 'li_a', brandId: 'brd_1', creatives: assign('crv_a') }),
      lineItem({
        id: 'li_b',
        brandId: 'brd_2',
        campaignId: 'cmp_2',
        creatives: assign('crv_b'),
        cpmMicros: 1_000_000,
      }),
    ],
  });

const ROWS: [string, Partial<PlacementInput>, Partial<AdRequest>, string, string, string][] = [
  [
    'a brand by the placement',
    { blockedBrands: ['brd_1'] },
    {},
    'blocked_domain',
    'no blocked brand',
    'brd_1',
  ],
  ['a brand by the request', {}, { blockedBrands: ['brd_1'] }, 'blocked_domain', 'no blocked brand', 'brd_1'],
  [
    'a media file by the placement',
    { blockedMedia: [FILE.toLowerCase()] },
    {},
    'not_cleared_for_destination',
    'no blocked media file',
    FILE,
  ],
  [
    'a media file by the request',
    {},
    { blockedMedia: [FILE] },
    'not_cleared_for_destination',
    'no blocked media file',
    FILE,
  ],
  [
    'nothing of another brand',
    { blockedBrands: ['brd_9'] },
    { blockedBrands: [], blockedMedia: [] },
    '',
    '',
    '',
  ],
];

describe('blocking', () => {
  it.each(ROWS)('%s', (_, placement, asked, reason, required, actual) => {
    const world = index(placement);
    const request = { ...REQUEST, ...asked };
    const { ads } = decide(world, request, OPEN, 1);
    expect(ads.map((ad) => ad.lineItem.id)).toEqual([reason === '' ? 'li_a' : 'li_b']);
    const readings = new KnownReadings(new Map());
    const { candidates, decision } = explain(world, request, readings, 1);
    const { lineItem: item, reasons } = candidates.find((one) => one.lineItem.id === 'li_a')!;
    expect(reasons).toEqual(reason === '' ? [] : [reason]);
    if (reason === '') return;
    expect(requiredAndActual(reasons[0]!, item, world, request, readings, decision)).toEqual({
      reason,
      required,
      actual,
    });
    const edit = smallestEdit(world, request, readings, 1, 'li_a');
    expect(edit.edits).toEqual([]);
    expect(edit.refusal).not.toBeNull();
  });

  it('of everything leaves the reason of what came nearest', () => {
    const request = { ...REQUEST, blockedMedia: [FILE, OTHER] };
    expect(decide(index({ blockedBrands: ['brd_1', 'brd_2'] }), REQUEST, OPEN, 1).reason).toBe(
      'blocked_domain',
    );
    expect(decide(index({}), request, OPEN, 1).reason).toBe('not_cleared_for_destination');
  });
});
