import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SnapshotBody, SnapshotLineItem, SnapshotPodRule } from '../../kernel/delivery-protocol.ts';
import type { Engine } from './engine.ts';
import type { ServedAd } from './served.ts';
import { newEngine, openLog, sealed } from './testing/open-engine.ts';
import {
  sampleAssignments,
  sampleCreative,
  sampleFlight,
  sampleLineItem,
  sampleRequest,
  sampleSnapshot,
} from './testing/sample-snapshot.ts';
import { takeSnapshot } from './testing/take-snapshot.ts';

const START = Date.parse('2026-03-02T00:00:00Z');
const HOUR = 3_600_000;
const UNIT_MS = {
  minute: 60_000,
  hour: HOUR,
  day: 24 * HOUR,
  week: 7 * 24 * HOUR,
  lifetime: Number.POSITIVE_INFINITY,
};
type Cap = SnapshotLineItem['frequencyCaps'][number];

const cap: fc.Arbitrary<Cap> = fc
  .record({
    scope: fc.constantFrom('line_item' as const, 'campaign' as const, 'brand' as const, 'creative' as const),
    unit: fc.constantFrom(
      'minute' as const,
      'hour' as const,
      'day' as const,
      'week' as const,
      'lifetime' as const,
    ),
    limit: fc.integer({ min: 1, max: 3 }),
    count: fc.integer({ min: 1, max: 3 }),
  })
  .map((one) => (one.unit === 'lifetime' ? { ...one, count: 1 } : one));

const item = fc.record({
  campaign: fc.integer({ min: 0, max: 2 }),
  brand: fc.integer({ min: 0, max: 2 }),
  cpm: fc.integer({ min: 1, max: 30 }),
  caps: fc.uniqueArray(cap, { maxLength: 3, selector: ({ scope, unit }) => `${scope} ${unit}` }),
  /** Hours from START at which a flight begins and how many it lasts. */
  flights: fc.array(fc.tuple(fc.integer({ min: 0, max: 240 }), fc.integer({ min: 1, max: 120 })), {
    minLength: 1,
    maxLength: 2,
  }),
  creatives: fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 3 }),
});

const ask = fc.record({
  /** Seconds after the one before: within a minute, an hour, a day or days. */
  after: fc.oneof(
    fc.integer({ min: 1, max: 50 }),
    fc.integer({ min: 50, max: 4000 }),
    fc.integer({ min: 4000, max: 200_000 }),
  ),
  viewer: fc.integer({ min: 0, max: 1 }),
  isBreak: fc.boolean(),
  isSeen: fc.boolean(),
});

const POD: SnapshotPodRule = {
  kind: 'dynamic',
  durationMs: 90_000,
  maxAds: 3,
  isExact: false,
  slots: [],
  maxAdsPerAdvertiser: 3,
  firstPermille: 1000,
  lastPermille: 1000,
  categorySeparation: 'none',
  backups: 0,
};

interface Shown {
  readonly viewer: number;
  readonly atMs: number;
  readonly item: SnapshotLineItem;
  readonly creativeId: string;
}

const scopeOf = ({ scope }: Cap, one: Pick<Shown, 'item' | 'creativeId'>): string =>
  ({
    line_item: one.item.id,
    campaign: one.item.campaignId,
    brand: one.item.brandId,
    creative: one.creativeId,
  })[scope];

/** Caps that showing this ad would break, written from the rule alone: sliding windows over what the viewer has seen. */
function overCap(ad: Shown, before: readonly Shown[]): string[] {
  return ad.item.frequencyCaps.flatMap((rule) => {
    const windowMs = UNIT_MS[rule.unit] * rule.count;
    const seen = before.filter(
      (one) =>
        one.viewer === ad.viewer && one.atMs > ad.atMs - windowMs && scopeOf(rule, one) === scopeOf(rule, ad),
    );
    return seen.length >= rule.limit ? [`${ad.item.id}: ${JSON.stringify(rule)} after ${seen.length}`] : [];
  });
}

async function engineOn(body: SnapshotBody, nowMs: () => number) {
  const { log, remove } = await openLog({ sync: 'relaxed', nowMs });
  const engine = newEngine(log, { nowMs });
  await takeSnapshot(engine, sealed(body));
  return { engine, close: remove };
}

const report = (engine: Engine, claims: ServedAd['claims'], nowMs: number) =>
  new Promise<void>((resolve) => {
    engine.events.record(claims, 'impression', { source: 'api', errorCode: null, invalid: null }, nowMs, () =>
      resolve(),
    );
  });

describe('an engine', () => {
  it('never serves outside a flight, what is not approved, or over a cap', async () => {
    const totals = { served: 0, capped: 0, breaks: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(item, { minLength: 2, maxLength: 6 }),
        fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
        fc.array(ask, { minLength: 20, maxLength: 60 }),
        async (specs, approved, asks) => {
          const lineItems = specs.map((one, n) =>
            sampleLineItem({
              id: `li_${n}`,
              campaignId: `cmp_${one.campaign}`,
              brandId: `brd_${one.brand}`,
              cpmMicros: one.cpm * 1_000_000,
              budgetMicros: null,
              frequencyCaps: one.caps,
              flights: one.flights.map(([from, hours], at) =>
                sampleFlight(`${n}_${at}`, {
                  startAt: new Date(START + from * HOUR).toISOString(),
                  endAt: new Date(START + (from + hours) * HOUR).toISOString(),
                  budgetMicros: null,
                }),
              ),
              creatives: sampleAssignments(...one.creatives.map((id) => `crv_${id}`)),
            }),
          );
          const creatives = approved.map((isApproved, n) =>
            sampleCreative({
              id: `crv_${n}`,
              status: isApproved ? 'approved' : 'unapproved',
              durationMs: 15_000,
              adDomain: `d${n}.example`,
              fingerprint: `${n}`,
            }),
          );
          let nowMs = START;
          const { engine, close } = await engineOn(sampleSnapshot({ lineItems, creatives }), () => nowMs);
          const shown: Shown[] = [];
          for (const { after, viewer, isBreak, isSeen } of asks) {
            nowMs += after * 1000;
            engine.tick();
            const identity = viewer.toString(16).padStart(16, 'a');
            const { ads, reason } = engine.decide(
              sampleRequest({ identity, pod: isBreak ? POD : null, minDurationMs: 5000 }),
              nowMs,
              null,
            );
            if (reason === 'freq_cap') totals.capped++;
            if (ads.length > 1) totals.breaks++;
            for (const ad of ads) {
              const one = lineItems.find(({ id }) => id === ad.lineItemId)!;
              const isRunning = one.flights.some(
                ({ startAt, endAt }) => Date.parse(startAt) <= nowMs && nowMs < Date.parse(endAt),
              );
              expect(isRunning, `${one.id} at ${new Date(nowMs).toISOString()}`).toBe(true);
              expect(creatives.find(({ id }) => id === ad.creativeId)!.status).toBe('approved');
              const next = { viewer, atMs: nowMs, item: one, creativeId: ad.creativeId };
              expect(overCap(next, shown)).toEqual([]);
              totals.served++;
              if (!isSeen) continue;
              await report(engine, ad.claims, nowMs);
              shown.push(next);
            }
          }
          await close();
        },
      ),
      { numRuns: 60 },
    );
    // Were nothing served or nothing held back, nothing would have been tried.
    expect(totals.served).toBeGreaterThan(200);
    expect(totals.capped).toBeGreaterThan(50);
    expect(totals.breaks).toBeGreaterThan(20);
  }, 120_000);
});
