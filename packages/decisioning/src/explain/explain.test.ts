import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../decide/decide.ts';
import { OUT_FOR_TODAY, OUT_OF_BUDGET } from '../decide/readings.ts';
import {
  assign,
  creative,
  facts,
  flight,
  lineItem,
  OPEN,
  PLACEMENT,
  POD,
  REQUEST,
  snapshot,
} from '../fixture.ts';
import { buildIndex } from '../index/build-index.ts';
import { separationKey } from '../index/separation-key.ts';
import type { AdRequest, CreativeInput, LineItemInput, PlacementInput } from '../model.ts';
import type { Reason } from '../reasons.ts';
import { explain } from './explain.ts';
import { type KnownReading, KnownReadings } from './known-readings.ts';
import { requiredAndActual } from './required-actual.ts';
import { smallestEdit } from './smallest-edit.ts';
import { funnel } from './steps.ts';

interface Broken {
  readonly item?: Partial<LineItemInput>;
  readonly others?: readonly LineItemInput[];
  readonly creatives?: readonly CreativeInput[] | undefined;
  readonly placement?: Partial<PlacementInput>;
  readonly request?: Partial<AdRequest>;
  readonly reading?: Partial<KnownReading>;
  /** No change of the line item lets it serve: something else must happen first. */
  readonly noEdit?: true;
}

const READING: KnownReading = {
  affordable: Number.POSITIVE_INFINITY,
  passRate: 1,
  room: Number.POSITIVE_INFINITY,
  sequence: 0,
  creativeRooms: null,
};

const only = (dimension: string, value: string): Partial<LineItemInput> => ({
  targeting: { all: [{ dimension, operator: 'any_of', values: [value] }] },
});
const own = (over: Partial<CreativeInput>): Broken['creatives'] => [
  creative({ id: 'crv_own', ...over }),
  // A sibling of the campaign that fits everything, for line items that need another creative.
  creative({ id: 'crv_fits', clearedFor: ['peacock'], categories: ['IAB1'] }),
];
const sibling = [lineItem({ id: 'li_sibling', status: 'paused', creatives: assign('crv_fits') })];
const withOwn = { item: { creatives: assign('crv_own') }, others: sibling };
const inPod = (over: Partial<typeof POD> = {}): Partial<AdRequest> => ({ pod: { ...POD, ...over } });
const rival = (over: Partial<LineItemInput> = {}) =>
  lineItem({ id: 'li_rival', cpmMicros: 50_000_000, creatives: assign('crv_15'), ...over });

/** For every rule a line item that fails that rule and no other. */
const BROKEN: Partial<Record<Reason, Broken>> = {
  paused: { item: { status: 'paused' } },
  not_started: { item: { flights: [flight('x', { startAt: '2026-03-20T00:00:00Z' })] } },
  ended: { item: { flights: [flight('x', { endAt: '2026-03-10T00:00:00Z' })] } },
  geo: { item: only('country', 'DE') },
  device: { item: only('device', 'phone') },
  placement: { item: only('position', 'pre') },
  daypart: { item: { dayparts: [{ days: [1, 2, 3, 4, 5], fromMinute: 0, toMinute: 1440 }] } },
  content_rating: { item: only('rating', 'tv-y') },
  key_value: { item: only('key_value', 'show=news') },
  audience: { item: only('segment', 'seg_1') },
  consent: { item: only('segment', 'seg_1'), request: { withheld: ['segment'] } },
  freq_cap: {
    item: { frequencyCaps: [{ scope: 'line_item', limit: 2, unit: 'day', count: 1 }] },
    reading: { room: 0 },
  },
  no_approved_creative: { item: { creatives: assign('crv_new') }, others: sibling, creatives: own({}) },
  creative_gap: {
    item: { creatives: assign('crv_30').map((one) => ({ ...one, startAt: '2026-03-20T00:00:00Z' })) },
  },
  duration_fit: { ...withOwn, creatives: own({ durationMs: 45_000 }) },
  codec_fit: {
    ...withOwn,
    creatives: own({
      mediaFiles: [{ mime: 'video/webm', codec: 'vp9', width: 1920, height: 1080, bitrateKbps: 8000 }],
    }),
    placement: { mimes: ['video/mp4'] },
  },
  bitrate_fit: {
    ...withOwn,
    creatives: own({
      mediaFiles: [{ mime: 'video/mp4', codec: 'avc1.640028', width: 1920, height: 1080, bitrateKbps: 900 }],
    }),
    placement: { minBitrateKbps: 6000 },
  },
  not_cleared_for_destination: { ...withOwn, creatives: own({}), placement: { clearance: 'peacock' } },
  no_budget: {
    item: { flights: [flight('x', { budgetMicros: 10_000 })] },
    reading: { affordable: OUT_OF_BUDGET },
  },
  daily_cap: {
    item: { flights: [flight('x', { dailyBudgetMicros: 10_000 })] },
    reading: { affordable: OUT_FOR_TODAY },
  },
  pacing_ahead: { item: { pacing: 'even' }, reading: { passRate: 0 } },
  competitive_separation: {
    item: { separation: { scope: 'pod', labels: ['cars'] } },
    others: [rival({ separation: { scope: 'pod', labels: ['cars'] } })],
    request: inPod(),
  },
  advertiser_dedupe: {
    item: { creatives: assign('crv_own') },
    others: [rival()],
    creatives: [
      creative({ id: 'crv_15', durationMs: 15_000, adDomain: 'same.example' }),
      creative({ id: 'crv_own', adDomain: 'same.example' }),
    ],
    request: inPod(),
  },
  creative_dedupe: {
    item: { creatives: assign('crv_15') },
    others: [rival()],
    request: inPod({ maxAdsPerAdvertiser: 4 }),
  },
  pod_full: { others: [rival()], request: inPod({ maxAds: 1 }) },
  pod_duration: { others: [rival()], request: inPod({ durationMs: 30_000 }) },
  blocked_category: {
    ...withOwn,
    creatives: own({ categories: ['IAB7'] }),
    placement: { blockedCategories: ['IAB7'] },
  },
  blocked_domain: {
    ...withOwn,
    creatives: own({ adDomain: 'ads.bad.example' }),
    placement: { blockedDomains: ['bad.example'] },
  },
  below_floor: { placement: { floorCpmMicros: 25_000_000 } },
  lower_priority: { others: [rival({ priority: 2 })] },
  lost_rank: { others: [rival()] },
};

function stage(broken: Broken) {
  const item = lineItem({ id: 'li_x', ...broken.item });
  const base = snapshot([item, ...(broken.others ?? [])]);
  const index = buildIndex({
    ...base,
    creatives: broken.creatives
      ? [
          ...base.creatives.filter((one) => !broken.creatives!.some(({ id }) => id === one.id)),
          ...broken.creatives,
        ]
      : base.creatives,
    placements: [{ ...PLACEMENT, ...broken.placement }],
  });
  const request = { ...REQUEST, ...broken.request };
  const readings = new KnownReadings(new Map([['li_x', { ...READING, ...broken.reading }]]));
  return { index, request, readings };
}

describe('explain', () => {
  it.each(Object.entries(BROKEN) as [Reason, Broken][])(
    'says %s, and that alone, of what fails only that',
    (reason, broken) => {
      const { index, request, readings } = stage(broken);
      const explained = explain(index, request, readings, 1);
      const found = explained.candidates.find((candidate) => candidate.lineItem.id === 'li_x')!;
      expect(found.reasons).toEqual([reason]);
      const words = requiredAndActual(reason, found.lineItem, index, request, readings, explained.decision);
      expect(words.required).not.toBe('');
      expect(words.actual).not.toBe('');
    },
  );

  it.each(Object.entries(BROKEN) as [Reason, Broken][])(
    'finds the one edit that lets %s serve, or says why there is none',
    (reason, broken) => {
      const { index, request, readings } = stage(broken);
      const edit = smallestEdit(index, request, readings, 1, 'li_x');
      const impossible: Reason[] = ['advertiser_dedupe', 'creative_dedupe'];
      if (edit.refusal !== null) {
        expect(impossible).toContain(reason);
        return;
      }
      expect(edit.isVerified).toBe(true);
      expect(edit.edits).toHaveLength(1);
      expect(edit.edits[0]!.reason).toBe(reason);
      expect(edit.edits[0]!.to).not.toEqual(edit.edits[0]!.from);
      // Verified once more, from outside.
      const rest = [...index.lineItems.values()]
        .map((item) => item.source)
        .filter((item) => item.id !== 'li_x');
      const again = buildIndex({
        lineItems: [...rest, edit.edited],
        creatives: [...index.creatives.values()].map((one) => one.source),
        placements: [...index.placements.values()].map((one) => one.source),
      });
      const after = decide(again, request, new KnownReadings(new Map([['li_x', READING]])), 1);
      expect(after.ads.map((ad) => ad.lineItem.id)).toContain('li_x');
    },
  );

  it('names every rule that fails, not only the first', () => {
    const { index, request, readings } = stage({
      item: { status: 'paused', ...only('country', 'DE'), creatives: assign('crv_new') },
      reading: { affordable: OUT_OF_BUDGET },
    });
    const found = explain(index, request, readings, 1).candidates[0]!;
    expect(found.reasons).toEqual(['paused', 'geo', 'no_approved_creative', 'no_budget']);
  });

  it.each([
    ['a break that is too short', { durationMs: 20_000 }, 'duration_fit', 'up to 20.000 s'],
    [
      'a slot that is too short',
      {
        kind: 'structured' as const,
        durationMs: 0,
        slots: [{ kind: 'any' as const, minDurationMs: 0, maxDurationMs: 15_000 }],
      },
      'duration_fit',
      'up to 15.000 s',
    ],
    [
      'a break to be filled exactly',
      { isExact: true, durationMs: 50_000 },
      'pod_duration',
      'lengths that make up exactly 50.000 s',
    ],
  ])('names the reason of %s in the decision and of the candidate alike', (_, pod, reason, required) => {
    const sibling = lineItem({ id: 'li_sibling', status: 'paused', creatives: assign('crv_30') });
    const { index, request, readings } = stage({ others: [sibling], request: inPod(pod) });
    const { decision, candidates } = explain(index, request, readings, 1);
    const found = candidates.find((candidate) => candidate.lineItem.id === 'li_x')!;
    expect(decision.ads).toEqual([]);
    expect(decision.reason).toBe(reason);
    expect(decide(index, request, readings, 1).reason).toBe(reason);
    expect(found.reasons).toEqual([reason]);
    const words = requiredAndActual(found.reasons[0]!, found.lineItem, index, request, readings, decision);
    expect(words).toEqual({ reason, required, actual: '30.000 s' });
    expect(smallestEdit(index, request, readings, 1, 'li_x').isVerified).toBe(false);
  });

  it('keeps apart what a stream has shown of a competitor, and not of the same brand', () => {
    const stream = { separation: { scope: 'stream' as const, labels: ['cars'] }, brandId: 'brd_a' };
    const keys = (brand: string) => [separationKey('label', 'cars'), separationKey('brand', brand)];
    const { index, request, readings } = stage({ item: stream });
    const shown = (brand: string) =>
      explain(index, { ...request, streamKeys: keys(brand) }, readings, 1).candidates[0]!;
    expect(shown('brd_b').reasons).toEqual(['competitive_separation']);
    expect(shown('brd_a').reasons).toEqual([]);
  });

  it('counts a funnel that adds up', () => {
    const items = Array.from({ length: 60 }, (_, n) =>
      lineItem({
        id: `li_${n}`,
        status: n % 3 === 0 ? 'paused' : 'active',
        ...(n % 5 === 0 ? only('country', 'DE') : {}),
      }),
    );
    const index = buildIndex(snapshot(items));
    const { candidates, decision } = explain(index, { ...REQUEST, facts: facts({ country: 'US' }) }, OPEN, 1);
    const rows = funnel(
      candidates.length,
      candidates.flatMap(({ reasons }) => reasons.slice(0, 1)),
    );
    expect(rows[0]!.count).toBe(60);
    expect(rows.find((row) => row.step === 'live')!.count).toBe(40);
    expect(rows.at(-1)!.count).toBe(decision.ads.length);
  });

  it('gives each candidate that does not serve one first reason, and the replay of a decision the same outcome', () => {
    const spec = fc.record({
      priority: fc.constantFrom(2, 8),
      cpm: fc.integer({ min: 1, max: 30 }),
      country: fc.constantFrom('US', 'DE'),
      affordable: fc.constantFrom(0, -1, 1, 5),
      passRate: fc.constantFrom(0, 0.3, 1),
      room: fc.constantFrom(0, 1, 3),
      isCapped: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(spec, { minLength: 1, maxLength: 20 }),
        fc.nat(),
        fc.boolean(),
        (specs, seed, isPod) => {
          const items = specs.map((one, n) =>
            lineItem({
              id: `li_${n}`,
              priority: one.priority,
              cpmMicros: one.cpm * 1_000_000,
              ...only('country', one.country),
              creatives: assign(n % 2 === 0 ? 'crv_15' : 'crv_30'),
              frequencyCaps: one.isCapped ? [{ scope: 'line_item', limit: 3, unit: 'day', count: 1 }] : [],
            }),
          );
          const index = buildIndex(snapshot(items));
          const live = new KnownReadings(new Map(specs.map((one, n) => [`li_${n}`, { ...READING, ...one }])));
          const request = { ...REQUEST, ...(isPod ? inPod() : {}) };
          const { decision, candidates } = explain(index, request, live, seed);
          const replayed = decide(index, request, KnownReadings.of(decision.examined), seed);
          expect(replayed.ads).toEqual(decision.ads);
          expect(replayed.reason).toBe(decision.reason);
          for (const { lineItem: item, reasons } of candidates)
            expect(reasons.length === 0).toBe(decision.ads.some((ad) => ad.lineItem.id === item.id));
        },
      ),
      { numRuns: 200 },
    );
  });
});
