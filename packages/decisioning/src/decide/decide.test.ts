import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ruleReasons, treeHolds } from '../explain/rules.ts';
import {
  assign,
  CREATIVES,
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
import { buildIndex, changeIndex } from '../index/build-index.ts';
import type { AdRequest, LineItemInput } from '../model.ts';
import { beyondChance } from '../shares.fixture.ts';
import { conjunctionsOf, type TargetingNode, targetingProblems } from '../targeting/tree.ts';
import { decide } from './decide.ts';
import { OUT_FOR_TODAY, OUT_OF_BUDGET, type Readings } from './readings.ts';

const served = (items: LineItemInput[], request: Partial<AdRequest> = {}, readings = OPEN, seed = 1) =>
  decide(buildIndex(snapshot(items)), { ...REQUEST, ...request }, readings, seed);
const ids = (decision: ReturnType<typeof decide>) => decision.ads.map((ad) => ad.lineItem.id);

const tree: fc.Arbitrary<TargetingNode> = fc.letrec<{ node: TargetingNode; leaf: TargetingNode }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    tie('leaf'),
    fc.array(tie('node'), { maxLength: 3 }).map((all) => ({ all })),
    fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
    tie('node').map((not) => ({ not })),
  ),
  leaf: fc.record({
    dimension: fc.constantFrom('country', 'device', 'genre', 'segment', 'key_value'),
    operator: fc.constantFrom('any_of' as const, 'none_of' as const),
    values: fc.uniqueArray(fc.constantFrom('a=1', 'b=2', 'c=3'), { minLength: 1, maxLength: 2 }),
  }),
})).node;

const someFacts = fc
  .record({
    country: fc.option(fc.constantFrom('A=1', 'B=2', 'X'), { nil: undefined }),
    device: fc.option(fc.constantFrom('a=1', 'c=3', 'x'), { nil: undefined }),
    genre: fc.option(fc.uniqueArray(fc.constantFrom('a=1', 'b=2', 'c=3'), { maxLength: 3 }), {
      nil: undefined,
    }),
    segment: fc.uniqueArray(fc.constantFrom('a=1', 'b=2', 'c=3'), { maxLength: 3 }),
    key_value: fc.uniqueArray(fc.constantFrom('a=1', 'b=2', 'c=3'), { maxLength: 3 }),
  })
  .map((known) =>
    facts(Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined))),
  );

describe('decide', () => {
  it('serves the best: priority, then price, then id', () => {
    const items = [
      lineItem({ id: 'li_c', priority: 9, cpmMicros: 90_000_000 }),
      lineItem({ id: 'li_b', cpmMicros: 10_000_000 }),
      lineItem({ id: 'li_a', cpmMicros: 10_000_000 }),
    ];
    expect(ids(served(items))).toEqual(['li_a']);
    expect(ids(served(items.slice(0, 2)))).toEqual(['li_b']);
  });

  it('answers the same to the same question, and names the seed of every draw', () => {
    const items = Array.from({ length: 40 }, (_, n) =>
      lineItem({ id: `li_${n}`, creatives: assign('crv_15', 'crv_30') }),
    );
    const readings = { ...OPEN, passRate: () => 0.1 };
    const index = buildIndex(snapshot(items));
    const runs = [1, 2, 3, 4, 5].map((seed) => decide(index, REQUEST, readings, seed));
    expect(new Set(runs.map((run) => ids(run)[0])).size).toBeGreaterThan(1);
    for (const [at, run] of runs.entries())
      expect(decide(index, REQUEST, readings, at + 1).ads).toEqual(run.ads);
  });

  it('matches targeting by bitsets as the tree reads, whatever is nested', () => {
    fc.assert(
      fc.property(fc.array(tree, { minLength: 1, maxLength: 40 }), someFacts, (trees, known) => {
        const kept = trees.filter((one) => targetingProblems(one).length === 0);
        const request = { ...REQUEST, facts: known };
        kept.forEach((targeting, n) => {
          // Alone in front of every other, so that it serves exactly when its targeting lets it.
          const items = kept.map((one, at) =>
            lineItem({ id: `li_${at}`, targeting: one, priority: at === n ? 1 : 8 }),
          );
          const decision = decide(buildIndex(snapshot(items)), request, OPEN, 1);
          expect(ids(decision)[0] === `li_${n}`).toBe(treeHolds(targeting, request));
        });
      }),
      { numRuns: 120 },
    );
  });

  it('never multiplies a tree out beyond its limit', () => {
    const any = {
      any: ['a', 'b', 'c'].map((value) => ({
        dimension: 'country',
        operator: 'any_of' as const,
        values: [value],
      })),
    };
    expect(targetingProblems({ all: [any, any, any, any] })[0]?.message).toContain('81 ways');
    expect(() => conjunctionsOf({ all: [any, any, any, any] })).toThrow('81 ways');
    expect(targetingProblems({ not: { all: [] } })[0]?.message).toContain('nobody');
    expect(
      targetingProblems({ all: [{ dimension: 'planet', operator: 'any_of', values: ['x'] }] })[0],
    ).toMatchObject({
      path: 'all[0].dimension',
    });
  });

  it('is the same index after edits as after a build, and leaves the one before untouched', () => {
    const spec = fc.record({
      priority: fc.integer({ min: 1, max: 4 }),
      cpmMicros: fc.integer({ min: 1, max: 5 }).map((cpm) => cpm * 1_000_000),
      country: fc.constantFrom('US', 'DE', 'FR'),
      status: fc.constantFrom('active' as const, 'paused' as const),
    });
    const item = (
      id: number,
      one: { priority: number; cpmMicros: number; country: string; status: 'active' | 'paused' },
    ) =>
      lineItem({
        id: `li_${id}`,
        priority: one.priority,
        cpmMicros: one.cpmMicros,
        status: one.status,
        targeting: { dimension: 'country', operator: 'any_of', values: [one.country] },
      });
    fc.assert(
      fc.property(
        fc.dictionary(fc.nat(30).map(String), spec, { maxKeys: 30 }),
        fc.dictionary(fc.nat(30).map(String), fc.option(spec, { nil: null }), { maxKeys: 10 }),
        (first, edits) => {
          const before = Object.entries(first).map(([id, one]) => item(Number(id), one));
          const put = Object.entries(edits).flatMap(([id, one]) => (one ? [item(Number(id), one)] : []));
          const removed = Object.entries(edits).flatMap(([id, one]) => (one ? [] : [`li_${id}`]));
          const edited = new Map(before.map((one) => [one.id, one]));
          for (const one of put) edited.set(one.id, one);
          for (const id of removed) edited.delete(id);
          const base = buildIndex(snapshot(before));
          const wasServed = ids(decide(base, REQUEST, OPEN, 1));
          const changed = changeIndex(base, {
            lineItems: put,
            creatives: [],
            placements: [],
            removed: { lineItems: removed, creatives: [], placements: [] },
          });
          const rebuilt = buildIndex(snapshot([...edited.values()]));
          for (const country of ['US', 'DE', 'FR', 'SE']) {
            const request = { ...REQUEST, facts: facts({ country }) };
            expect(ids(decide(changed, request, OPEN, 1))).toEqual(ids(decide(rebuilt, request, OPEN, 1)));
          }
          expect(ids(decide(base, REQUEST, OPEN, 1))).toEqual(wasServed);
          const slots = [...changed.lineItems.values()].map(({ slot }) => slot);
          expect(new Set(slots).size).toBe(slots.length);
          for (const slot of slots) expect(slot).toBeLessThan(changed.slots.lineItems.count);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('splits blocks as they grow and still serves the best', () => {
    const items = Array.from({ length: 1500 }, (_, n) =>
      lineItem({ id: `li_${n}`, cpmMicros: (1 + (n % 700)) * 1000 }),
    );
    let index = buildIndex(snapshot(items));
    expect(index.accounts.get('acc_1')!.blocks.length).toBeGreaterThan(2);
    for (let n = 0; n < 600; n++)
      index = changeIndex(index, {
        lineItems: [lineItem({ id: `li_new_${n}`, cpmMicros: 700_000 })],
        creatives: [],
        placements: [],
        removed: { lineItems: [], creatives: [], placements: [] },
      });
    expect(index.accounts.get('acc_1')!.count).toBe(2100);
    expect(index.accounts.get('acc_1')!.blocks.every((block) => block.items.length <= 512)).toBe(true);
    expect(ids(decide(index, REQUEST, OPEN, 1))).toEqual(['li_1399']);
  });

  it('never serves outside its flight, in days of 23 and 25 hours, or outside its dayparts', () => {
    const items = [
      lineItem({
        id: 'li_1',
        flights: [flight('1', { startAt: '2026-03-07T05:00:00Z', endAt: '2026-03-09T04:00:00Z' })],
        // The night in which New York springs forward.
        dayparts: [{ days: [7], fromMinute: 60, toMinute: 240 }],
      }),
    ];
    const index = buildIndex(snapshot(items));
    const open = (at: string) =>
      ids(decide(index, { ...REQUEST, atMs: Date.parse(at) }, OPEN, 1)).length === 1;
    expect(open('2026-03-08T05:59:59.999Z')).toBe(false);
    expect(open('2026-03-08T06:00:00Z')).toBe(true);
    // 2:00 does not exist: 3:00 follows 1:59, and 4:00 ends it after two hours on the clock.
    expect(open('2026-03-08T07:59:59.999Z')).toBe(true);
    expect(open('2026-03-08T08:00:00Z')).toBe(false);
    expect(open('2026-03-07T06:30:00Z')).toBe(false);
    expect(open('2026-03-08T06:30:00Z')).toBe(true);
  });

  it('gives sponsorships their shares exactly, and what is left to the next', () => {
    const items = [
      lineItem({ id: 'li_a', type: 'sponsorship', priority: 2, sharePercent: 50, cpmMicros: 3_000_000 }),
      lineItem({ id: 'li_b', type: 'sponsorship', priority: 2, sharePercent: 30, cpmMicros: 2_000_000 }),
      lineItem({ id: 'li_c' }),
    ];
    const index = buildIndex(snapshot(items));
    const counts = new Map<string, number>();
    for (let seed = 1; seed <= 20_000; seed++) {
      const [id] = ids(decide(index, REQUEST, OPEN, seed));
      counts.set(id!, (counts.get(id!) ?? 0) + 1);
    }
    expect(beyondChance(counts.get('li_a')!, 20_000, 0.5)).toBeLessThan(1);
    expect(beyondChance(counts.get('li_b')!, 20_000, 0.3)).toBeLessThan(1);
    expect(beyondChance(counts.get('li_c')!, 20_000, 0.2)).toBeLessThan(1);
  });

  it('rotates evenly, by weight and in sequence', () => {
    const count = (rotation: LineItemInput['rotation']) => {
      const items = [
        lineItem({
          id: 'li_a',
          rotation,
          creatives: [
            { creativeId: 'crv_15', weight: 3, sequence: 1, startAt: null, endAt: null },
            { creativeId: 'crv_30', weight: 1, sequence: 2, startAt: null, endAt: null },
          ],
        }),
      ];
      const index = buildIndex(snapshot(items));
      const chosen = Array.from(
        { length: 4000 },
        (_, n) => decide(index, REQUEST, { ...OPEN, sequence: () => n }, n).ads[0]!.creative.id,
      );
      return chosen.filter((id) => id === 'crv_15').length;
    };
    expect(beyondChance(count('even'), 4000, 0.5)).toBeLessThan(1);
    expect(beyondChance(count('weighted'), 4000, 0.75)).toBeLessThan(1);
    expect(beyondChance(count('optimised'), 4000, 0.75)).toBeLessThan(1);
    expect(count('sequential')).toBe(2000);
  });

  it('leaves a line item with caps out when nobody can be told apart', () => {
    const items = [
      lineItem({ id: 'li_a', frequencyCaps: [{ scope: 'line_item', limit: 3, unit: 'day', count: 1 }] }),
    ];
    expect(served(items, { identity: null }).reason).toBe('freq_cap');
    expect(ids(served(items))).toEqual(['li_a']);
    expect(served(items, {}, { ...OPEN, room: () => 0 }).reason).toBe('freq_cap');
  });

  it('names why nothing serves by the line item that came nearest', () => {
    const items = [lineItem({ id: 'li_a' }), lineItem({ id: 'li_b', status: 'paused' })];
    expect(served(items, {}, { ...OPEN, affordable: () => OUT_OF_BUDGET }).reason).toBe('no_budget');
    expect(served(items, {}, { ...OPEN, affordable: () => OUT_FOR_TODAY }).reason).toBe('daily_cap');
    expect(served([items[1]!]).reason).toBe('paused');
    expect(served([]).reason).toBe('no_line_item');
    expect(served(items, { accountId: 'acc_2' }).reason).toBe('no_line_item');
  });

  it('names what the break itself says of who came nearest, when nothing has a place in it', () => {
    const items = [lineItem({ id: 'li_a' }), lineItem({ id: 'li_b', status: 'paused' })];
    const reasonIn = (pod: Partial<typeof POD>, list = items, readings = OPEN) => {
      const { ads, reason } = served(list, { pod: { ...POD, ...pod } }, readings);
      expect(ads).toEqual([]);
      return reason;
    };
    const slot = (min: number, max: number, kind: 'any' | 'bumper' = 'any') => ({
      kind,
      minDurationMs: min,
      maxDurationMs: max,
    });
    expect(reasonIn({ durationMs: 20_000 })).toBe('duration_fit');
    expect(reasonIn({ durationMs: 20_000, backups: 2 })).toBe('duration_fit');
    expect(reasonIn({ durationMs: 20_000, categorySeparation: 'adjacent' })).toBe('duration_fit');
    const structured = { kind: 'structured' as const, durationMs: 0 };
    expect(reasonIn({ ...structured, slots: [slot(0, 15_000)] })).toBe('duration_fit');
    expect(reasonIn({ ...structured, slots: [slot(0, 60_000, 'bumper')] })).toBe('duration_fit');
    expect(reasonIn({ kind: 'hybrid', durationMs: 10_000, slots: [slot(31_000, 60_000)] })).toBe(
      'duration_fit',
    );
    expect(reasonIn({ durationMs: 50_000, isExact: true })).toBe('pod_duration');
    // Of several the one that came nearest, whatever others failed for before the break was asked.
    const some = [...items, lineItem({ id: 'li_c', creatives: assign('crv_15') })];
    expect(reasonIn({ durationMs: 20_000, isExact: true }, some)).toBe('pod_duration');
    const poor = { ...OPEN, affordable: ({ id }: { id: string }) => (id === 'li_c' ? OUT_OF_BUDGET : 9) };
    expect(reasonIn({ durationMs: 20_000 }, some, poor)).toBe('duration_fit');
    // Nobody passed: the rules before the break say it.
    expect(reasonIn({ durationMs: 20_000 }, [items[1]!])).toBe('paused');
  });

  it('says freq_cap when the creatives that fit are capped and the others do not fit', () => {
    const items = [
      lineItem({
        id: 'li_a',
        frequencyCaps: [{ scope: 'creative', limit: 1, unit: 'day', count: 1 }],
        creatives: assign('crv_15', 'crv_30'),
      }),
    ];
    const readings: Readings = {
      ...OPEN,
      creativeRoom: (_, { creative: { id } }) => (id === 'crv_15' ? 1 : 0),
    };
    const { ads, reason } = served(items, { minDurationMs: 20_000 }, readings);
    expect([ads, reason]).toEqual([[], 'freq_cap']);
  });

  it('never serves an unapproved creative, nor one of another account', () => {
    expect(served([lineItem({ id: 'li_a', creatives: assign('crv_new', 'crv_foreign') })]).reason).toBe(
      'no_approved_creative',
    );
  });

  it('never breaks a rule in a break', () => {
    const spec = fc.record({
      priority: fc.constantFrom(2, 8, 10),
      cpm: fc.integer({ min: 1, max: 40 }),
      domain: fc.integer({ min: 0, max: 6 }),
      category: fc.integer({ min: 0, max: 6 }),
      label: fc.option(fc.constantFrom('cars', 'banks'), { nil: null }),
      durationMs: fc.constantFrom(6_000, 15_000, 20_000, 30_000),
    });
    fc.assert(
      fc.property(
        fc.array(spec, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 6 }),
        (specs, maxAds) => {
          const creatives = specs.map((one, n) =>
            creative({
              id: `crv_${n}`,
              durationMs: one.durationMs,
              adDomain: `d${one.domain}.example`,
              categories: [`c${one.category}`],
            }),
          );
          const items = specs.map((one, n) =>
            lineItem({
              id: `li_${n}`,
              priority: one.priority,
              cpmMicros: one.cpm * 1_000_000,
              creatives: assign(`crv_${n}`),
              separation: { scope: 'pod', labels: one.label === null ? [] : [one.label] },
            }),
          );
          const index = buildIndex({ lineItems: items, creatives, placements: [PLACEMENT] });
          const pod = { ...POD, maxAds, durationMs: 60_000 };
          const { ads, fill } = decide(index, { ...REQUEST, pod }, OPEN, 1);
          expect(ads.length).toBeLessThanOrEqual(maxAds);
          expect(ads.length).toBeGreaterThan(0);
          const total = ads.reduce((sum, ad) => sum + ad.creative.durationMs, 0);
          expect(total).toBeLessThanOrEqual(60_000);
          expect(fill!.filledMs).toBe(total);
          const unique = (values: readonly string[]) => expect(new Set(values).size).toBe(values.length);
          unique(ads.map((ad) => ad.creative.id));
          unique(ads.map((ad) => ad.creative.adDomain));
          unique(ads.flatMap((ad) => ad.creative.categories));
          unique(ads.flatMap((ad) => ad.lineItem.source.separation.labels));
          expect(fill!.gap).toBeGreaterThanOrEqual(0);
          // What has the best rank of all is never left out for want of a better idea.
          expect(
            ads.some((ad) => ad.lineItem.priority === Math.min(...items.map((one) => one.priority))),
          ).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('holds the caps of a campaign across its line items in one break', () => {
    const creatives = [creative({ id: 'crv_a' }), creative({ id: 'crv_b' })];
    const capped = {
      frequencyCaps: [{ scope: 'campaign' as const, limit: 1, unit: 'day' as const, count: 1 }],
    };
    const items = [
      lineItem({ id: 'li_a', creatives: assign('crv_a'), ...capped }),
      lineItem({ id: 'li_b', creatives: assign('crv_b'), ...capped }),
    ];
    const index = buildIndex({ lineItems: items, creatives, placements: [PLACEMENT] });
    expect(decide(index, { ...REQUEST, pod: POD }, { ...OPEN, room: () => 1 }, 1).ads).toHaveLength(1);
    expect(decide(index, { ...REQUEST, pod: POD }, { ...OPEN, room: () => 2 }, 1).ads).toHaveLength(2);
  });

  it('counts what has no cap itself towards the caps of its campaign and brand in one break', () => {
    const creatives = [creative({ id: 'crv_a', durationMs: 15_000 }), creative({ id: 'crv_b' })];
    for (const scope of ['campaign', 'brand'] as const)
      for (const first of ['li_a', 'li_b']) {
        const items = ['li_a', 'li_b'].map((id) =>
          lineItem({
            id,
            brandId: 'brd_1',
            cpmMicros: id === first ? 9_000_000 : 5_000_000,
            creatives: assign(id === 'li_a' ? 'crv_a' : 'crv_b'),
            frequencyCaps: id === 'li_a' ? [{ scope, limit: 2, unit: 'day', count: 1 }] : [],
          }),
        );
        const index = buildIndex({ lineItems: items, creatives, placements: [PLACEMENT] });
        // Filled as line items come, and by search.
        for (const isExact of [false, true]) {
          const pod = { ...POD, maxAdsPerAdvertiser: 2, isExact, durationMs: isExact ? 45_000 : 90_000 };
          const within = (left: number) =>
            ids(decide(index, { ...REQUEST, pod }, { ...OPEN, room: () => left }, 1));
          expect(within(2).sort()).toEqual(['li_a', 'li_b']);
          expect(within(1)).toEqual(isExact ? [] : [first]);
        }
      }
  });

  it('has rules one by one that agree with the walk', () => {
    const items = CREATIVES.map((one, n) =>
      lineItem({ id: `li_${n}`, creatives: assign(one.id), status: n % 2 === 0 ? 'active' : 'paused' }),
    );
    const index = buildIndex(snapshot(items));
    for (const item of index.lineItems.values()) {
      const alone = buildIndex(snapshot([item.source]));
      const placement = index.placements.get('plc_1')!;
      expect(decide(alone, REQUEST, OPEN, 1).ads.length === 1).toBe(
        ruleReasons(item, REQUEST, placement).length === 0,
      );
    }
  });
});
