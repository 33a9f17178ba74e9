import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explain } from '../explain/explain.ts';
import { KnownReadings } from '../explain/known-readings.ts';
import { requiredAndActual } from '../explain/required-actual.ts';
import { smallestEdit } from '../explain/smallest-edit.ts';
import { assign, creative, lineItem, OPEN, PLACEMENT, POD, REQUEST } from '../fixture.ts';
import { buildIndex } from '../index/build-index.ts';
import type { AdRequest, CreativeInput, LineItemInput, PlacementInput } from '../model.ts';
import type { Reason } from '../reasons.ts';
import { decide } from './decide.ts';
import { MAX_STREAM_KEYS, rememberShown } from './stream-rule.ts';

interface Pair {
  readonly placement?: Partial<PlacementInput>;
  readonly first?: Partial<LineItemInput>;
  readonly second?: Partial<LineItemInput>;
  readonly one?: Partial<CreativeInput>;
  readonly other?: Partial<CreativeInput>;
  readonly request?: Partial<AdRequest>;
}

/** Two line items: the second is asked for after the stream has shown the first. */
function afterFirst({ placement, first, second, one, other, request: asked }: Pair) {
  const creatives = [creative({ id: 'crv_a', ...one }), creative({ id: 'crv_b', ...other })];
  const items = [
    lineItem({ id: 'li_a', priority: 1, creatives: assign('crv_a'), ...first }),
    lineItem({ id: 'li_b', creatives: assign('crv_b'), ...second }),
  ];
  const placements = [{ ...PLACEMENT, ...placement }];
  const request = { ...REQUEST, ...asked };
  const shown = decide(buildIndex({ creatives, placements, lineItems: [items[0]!] }), request, OPEN, 1);
  const index = buildIndex({ creatives, placements, lineItems: [items[1]!] });
  const next = { ...request, streamKeys: rememberShown([], shown.ads) };
  return { index, request: next, decision: decide(index, next, OPEN, 1) };
}

const whole = { placement: { separationScope: 'stream' as const } };
const inStream = (labels: string[] = []) => ({ separation: { scope: 'stream' as const, labels } });
const cars = { separation: { scope: 'pod' as const, labels: ['cars'] } };
const category = { one: { categories: ['IAB2'] }, other: { categories: ['IAB1', 'IAB2'] } };
const domain = { one: { adDomain: 'same.example' }, other: { adDomain: 'SAME.example' } };
const file = { one: { fingerprint: 'aa' }, other: { fingerprint: 'aa' } };
const brand = { first: { brandId: 'brd_1' }, second: { brandId: 'brd_1' } };

const ROWS: [string, Pair, Reason | null][] = [
  ['nothing in common', whole, null],
  ['a label', { ...whole, first: cars, second: cars }, 'competitive_separation'],
  ['a category', { ...whole, ...category }, 'competitive_separation'],
  ['a brand', { ...whole, ...brand }, 'advertiser_dedupe'],
  ['an advertiser domain', { ...whole, ...domain }, 'advertiser_dedupe'],
  ['a media file', { ...whole, ...file }, 'creative_dedupe'],
  [
    'a category, asked for a break',
    { ...whole, ...category, request: { pod: POD } },
    'competitive_separation',
  ],
  [
    'a category that the placement does not separate',
    { placement: { ...whole.placement, pod: { ...POD, categorySeparation: 'none' } }, ...category },
    null,
  ],
  [
    'a category that may not stand side by side',
    { placement: { ...whole.placement, pod: { ...POD, categorySeparation: 'adjacent' } }, ...category },
    null,
  ],
  [
    'a brand that may come twice',
    { placement: { ...whole.placement, pod: { ...POD, maxAdsPerAdvertiser: 2 } }, ...brand },
    null,
  ],
  ['a category, in a placement of scope pod', category, null],
  ['a brand, in a placement of scope pod', brand, null],
  ['a domain, in a placement of scope pod', domain, null],
  ['a file, in a placement of scope pod', file, null],
  [
    'a label with a line item of scope stream',
    { first: cars, second: inStream(['cars']) },
    'competitive_separation',
  ],
  [
    'a category with a line item of scope stream',
    { ...category, second: inStream() },
    'competitive_separation',
  ],
  ['a domain with a line item of scope stream', { ...domain, second: inStream() }, 'advertiser_dedupe'],
  ['a file with a line item of scope stream', { ...file, second: inStream() }, 'creative_dedupe'],
  [
    'a label, and was shown in scope stream',
    { first: inStream(['cars']), second: cars },
    'competitive_separation',
  ],
  ['a category, and was shown in scope stream', { ...category, first: inStream() }, 'competitive_separation'],
  ['a domain, and was shown in scope stream', { ...domain, first: inStream() }, 'advertiser_dedupe'],
  ['a file, and was shown in scope stream', { ...file, first: inStream() }, 'creative_dedupe'],
  [
    'all, and is the same brand, which caps count',
    {
      first: { brandId: 'brd_1', ...inStream(['cars']) },
      second: { brandId: 'brd_1', ...inStream(['cars']) },
      one: { categories: ['IAB2'], adDomain: 'same.example', fingerprint: 'aa' },
      other: { categories: ['IAB2'], adDomain: 'same.example', fingerprint: 'aa' },
    },
    null,
  ],
];

describe('what a stream has shown keeps out', () => {
  it.each(ROWS)('what shares %s', (_, pair, reason) => {
    const { index, request, decision } = afterFirst(pair);
    expect(decision.reason).toBe(reason);
    expect(decision.ads.length).toBe(reason === null ? 1 : 0);
    const readings = new KnownReadings(new Map());
    const explained = explain(index, request, readings, 1);
    expect(explained.decision.reason).toBe(reason);
    expect(explained.candidates[0]!.reasons).toEqual(reason === null ? [] : [reason]);
    if (reason === null) return;
    const item = explained.candidates[0]!.lineItem;
    const words = requiredAndActual(reason, item, index, request, readings, explained.decision);
    expect(words.required).toContain('in the stream');
    const edit = smallestEdit(index, request, readings, 1, item.id);
    // The line item's own scope is its to change; rules of others are not.
    if (pair.second !== undefined && item.separatesStream && !pair.placement) {
      expect(edit.edits.map(({ field, to }) => [field, to])).toEqual([
        ['separation', { ...item.source.separation, scope: 'pod' }],
      ]);
      expect(edit.isVerified).toBe(true);
    } else expect(edit.refusal).toContain('The stream has shown');
  });

  it('shows another creative of the line item where only one is kept out', () => {
    const pair = { ...whole, one: { fingerprint: 'aa' }, other: { fingerprint: 'aa' } };
    const { index, request } = afterFirst({
      ...pair,
      second: { creatives: assign('crv_b', 'crv_c') },
    });
    expect(decide(index, request, OPEN, 1).ads).toEqual([]);
    const creatives = [creative({ id: 'crv_b', fingerprint: 'aa' }), creative({ id: 'crv_c' })];
    const both = buildIndex({
      creatives,
      placements: [{ ...PLACEMENT, ...whole.placement }],
      lineItems: [lineItem({ id: 'li_b', creatives: assign('crv_b', 'crv_c') })],
    });
    for (let seed = 0; seed < 20; seed++)
      expect(decide(both, request, OPEN, seed).ads[0]!.creative.id).toBe('crv_c');
  });
});

interface Spec {
  readonly brand: number;
  readonly domain: number;
  readonly file: number;
  readonly category: number;
  readonly label: string | null;
  readonly scope: 'pod' | 'stream';
  readonly cpm: number;
}

const specs = fc.array(
  fc.record<Spec>({
    brand: fc.integer({ min: 0, max: 7 }),
    domain: fc.integer({ min: 0, max: 9 }),
    file: fc.integer({ min: 0, max: 9 }),
    category: fc.integer({ min: 0, max: 6 }),
    label: fc.option(fc.constantFrom('cars', 'banks'), { nil: null }),
    scope: fc.constantFrom('pod', 'pod', 'stream'),
    cpm: fc.integer({ min: 1, max: 40 }),
  }),
  { minLength: 1, maxLength: 16 },
);

const competes = (one: Spec, other: Spec, categories: boolean, domains: boolean) =>
  (one.label !== null && one.label === other.label) ||
  (categories && one.category === other.category) ||
  (domains && one.domain === other.domain) ||
  one.file === other.file;

describe('a stream', () => {
  it('never shows two competitors, whoever asked for it, and replays from its request', () => {
    fc.assert(
      fc.property(
        specs,
        fc.record({
          scope: fc.constantFrom('pod' as const, 'stream' as const),
          categorySeparation: fc.constantFrom('pod' as const, 'none' as const),
          most: fc.constantFrom(1, 1, 2),
        }),
        fc.array(fc.record({ isBreak: fc.boolean(), seed: fc.nat() }), { minLength: 2, maxLength: 6 }),
        (list, { scope, categorySeparation, most }, asks) => {
          const rule = { ...POD, maxAds: 3, categorySeparation, maxAdsPerAdvertiser: most };
          const index = buildIndex({
            placements: [{ ...PLACEMENT, pod: rule, separationScope: scope }],
            creatives: list.map((one, n) =>
              creative({
                id: `crv_${n}`,
                durationMs: 15_000,
                adDomain: `d${one.domain}.example`,
                fingerprint: `f${one.file}`,
                categories: [`c${one.category}`],
              }),
            ),
            lineItems: list.map((one, n) =>
              lineItem({
                id: `li_${n}`,
                brandId: `brd_${one.brand}`,
                cpmMicros: one.cpm * 1_000_000,
                creatives: assign(`crv_${n}`),
                separation: { scope: one.scope, labels: one.label === null ? [] : [one.label] },
              }),
            ),
          });
          const shown: Spec[] = [];
          let streamKeys: number[] = [];
          for (const { isBreak, seed } of asks) {
            const request = { ...REQUEST, streamKeys, pod: isBreak ? rule : null };
            const decision = decide(index, request, OPEN, seed);
            const logged = JSON.parse(JSON.stringify(request)) as AdRequest;
            expect(decide(index, logged, KnownReadings.of(decision.examined), seed).ads).toEqual(
              decision.ads,
            );
            streamKeys = rememberShown(streamKeys, decision.ads);
            for (const ad of decision.ads) shown.push(list[Number(ad.lineItem.id.slice(3))]!);
          }
          const isSeparated = categorySeparation === 'pod';
          shown.forEach((one, at) => {
            for (const before of shown.slice(0, at)) {
              if (scope === 'stream') {
                expect(one.label !== null && one.label === before.label).toBe(false);
                expect(isSeparated && one.category === before.category).toBe(false);
                expect(one.file === before.file).toBe(false);
              }
              if (one.brand !== before.brand && (one.scope === 'stream' || before.scope === 'stream'))
                expect(competes(one, before, isSeparated, most === 1)).toBe(false);
            }
            if (scope !== 'stream') return;
            expect(shown.filter(({ brand: id }) => id === one.brand).length).toBeLessThanOrEqual(most);
            expect(shown.filter(({ domain: id }) => id === one.domain).length).toBeLessThanOrEqual(most);
          });
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is remembered by a bounded list, the oldest forgotten first, the same thing once', () => {
    const index = buildIndex({
      placements: [PLACEMENT],
      creatives: Array.from({ length: 200 }, (_, n) => creative({ id: `crv_${n}`, categories: [`c${n}`] })),
      lineItems: Array.from({ length: 200 }, (_, n) =>
        lineItem({ id: `li_${n}`, priority: 1 + (n % 16), creatives: assign(`crv_${n}`) }),
      ),
    });
    const ad = (n: number) => {
      const item = index.lineItems.get(`li_${n}`)!;
      const [assignment] = item.assignments;
      return {
        lineItem: item,
        flight: item.flights[0]!,
        creative: assignment!.creative,
        priceMicros: 0,
        position: 1,
      };
    };
    let keys: number[] = [];
    for (let n = 0; n < 200; n++) keys = rememberShown(keys, [ad(n)]);
    expect(keys).toHaveLength(MAX_STREAM_KEYS);
    expect(keys.slice(-8)).toEqual(rememberShown([], [ad(199)]));
    const once = rememberShown([], [ad(1)]);
    // Category and file once; advertiser and brand as often as they were shown.
    expect(rememberShown(once, [ad(1)])).toHaveLength(once.length + 4);
    let often = once;
    for (let n = 0; n < 500; n++) often = rememberShown(often, [ad(1)]);
    expect(often.length).toBeLessThan(2 * (2 + 2 * 32) + 1);
  });
});
