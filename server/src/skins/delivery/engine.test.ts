import { availableIn, buildIndex, type ChosenAd, decide } from '@cuepoint/decisioning';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placementFacts, toAdRequest } from '../../kernel/ad-request.ts';
import {
  type DecisionRecord,
  DecisionRecord as DecisionRecordSchema,
  decodeSnapshot,
  EventRecord,
  encodeSnapshot,
  type Snapshot,
  type SnapshotBody,
  type SnapshotPodRule,
  type SpendStatement,
} from '../../kernel/delivery-protocol.ts';
import { recordedReadings } from '../../kernel/replay-readings.ts';
import type { Engine } from './engine.ts';
import type { DurableLog } from './log/durable-log.ts';
import { KIND } from './log/frame.ts';
import { diskFiles, type LogFiles } from './log/segment-files.ts';
import { newEngine, openLog, sealed } from './testing/open-engine.ts';
import {
  NO_SPEND,
  sampleAssignments,
  sampleCreative,
  sampleFlight,
  sampleLineItem,
  sampleRequest,
  sampleSnapshot,
} from './testing/sample-snapshot.ts';
import { restartThread, takeSnapshot } from './testing/take-snapshot.ts';

async function engineOn(body: SnapshotBody, files?: LogFiles) {
  const { log } = await openLog(files ? { files } : {});
  const engine = newEngine(log);
  const snapshot = sealed(body);
  await takeSnapshot(engine, snapshot);
  return { engine, log, snapshot };
}

const REQUEST = sampleRequest();

describe('decision records', () => {
  it('replay to the same outcome from the snapshot and the record alone, 10,000 of them', async () => {
    const lineItems = Array.from({ length: 60 }, (_, n) =>
      sampleLineItem({
        id: `li_${n}`,
        campaignId: `cmp_${n % 7}`,
        brandId: `brd_${n % 11}`,
        type: n % 10 === 0 ? 'sponsorship' : 'standard',
        sharePercent: n % 10 === 0 ? 20 : null,
        priority: n % 10 === 0 ? 2 : 4 + (n % 5),
        cpmMicros: (5 + ((n * 7) % 30)) * 1_000_000,
        pacing: n % 2 === 0 ? 'even' : 'asap',
        rotation: (['even', 'weighted', 'sequential', 'optimised'] as const)[n % 4]!,
        budgetMicros: 20_000 * (50 + 20 * n),
        flights: [
          sampleFlight(`${n}`, {
            budgetMicros: n % 3 === 0 ? null : 900_000,
            impressionGoal: n % 5 === 0 ? 40 : null,
            dailyBudgetMicros: n % 7 === 0 ? 100_000 : null,
          }),
        ],
        frequencyCaps:
          n % 4 === 0
            ? [
                { scope: 'line_item', limit: 2, unit: 'hour', count: 1 },
                { scope: 'creative', limit: 3, unit: 'day', count: 1 },
                { scope: 'campaign', limit: 5, unit: 'day', count: 1 },
              ]
            : [],
        separation: { scope: n % 6 === 0 ? 'stream' : 'pod', labels: n % 6 === 0 ? ['cars'] : [] },
        dayparts: n % 9 === 0 ? [{ days: [1, 2, 3, 4, 5, 6, 7], fromMinute: 0, toMinute: 720 }] : [],
        creatives: sampleAssignments(`crv_${n % 12}`, `crv_${(n + 5) % 12}`),
        targeting:
          n % 3 === 0 ? { all: [{ dimension: 'device', operator: 'any_of', values: ['ctv'] }] } : { all: [] },
      }),
    );
    const creatives = Array.from({ length: 12 }, (_, n) =>
      sampleCreative({
        id: `crv_${n}`,
        durationMs: [6_000, 15_000, 30_000][n % 3]!,
        adDomain: `brand${n}.example`,
        categories: [`IAB${n % 8}`],
        fingerprint: `${n}`,
      }),
    );
    const pod: SnapshotPodRule = {
      kind: 'dynamic',
      durationMs: 90_000,
      maxAds: 4,
      isExact: false,
      slots: [],
      maxAdsPerAdvertiser: 1,
      firstPermille: 1150,
      lastPermille: 1050,
      categorySeparation: 'pod',
      backups: 1,
    };
    const { engine, log, snapshot } = await engineOn(sampleSnapshot({ lineItems, creatives }));
    const count = 10_000;
    const start = Date.parse('2026-03-14T06:00:00Z');
    for (let n = 0; n < count; n++)
      engine.decide(
        sampleRequest({
          facts: { device: n % 2 === 0 ? 'ctv' : 'phone' },
          pod: n % 3 === 0 ? pod : null,
          identity: n % 5 === 0 ? null : (n % 50).toString(16).padStart(16, '0'),
        }),
        start + n * 7_919,
        n % 4 === 0 ? `stream ${n % 40}` : null,
      );
    await log.close();
    const index = buildIndex(snapshot);
    const facts = placementFacts(snapshot.placements[0]!);
    const outcomes = new Set<string>();
    const different: string[] = [];
    const ids = (ads: readonly ChosenAd[]) => ads.map((ad) => [ad.lineItem.id, ad.creative.id, ad.flight.id]);
    const recorded = (ads: DecisionRecord['ads']) =>
      ads.map((ad) => [ad.lineItemId, ad.creativeId, ad.flightId]);
    let replayed = 0;
    for await (const entry of log.range({ segment: 1, offset: 0 }, log.durableThrough, [KIND.decision])) {
      const record = JSON.parse(entry.payload) as DecisionRecord;
      if (replayed % 100 === 0) DecisionRecordSchema.parse(record);
      const again = decide(
        index,
        toAdRequest(record.request, facts, Date.parse(record.at)),
        recordedReadings(record.readings),
        record.seed,
      );
      const now = JSON.stringify([ids(again.ads), ids(again.backups), again.reason]);
      const then = JSON.stringify([recorded(record.ads), recorded(record.backups), record.reason]);
      if (now !== then || record.readingsTruncated || record.snapshotHash !== snapshot.hash)
        different.push(`${then} became ${now}`);
      outcomes.add(then);
      replayed++;
    }
    expect(different).toEqual([]);
    expect(replayed).toBe(count);
    expect(outcomes.size).toBeGreaterThan(20);
  });

  it('never promise more than a budget, a goal, a day or a cap allows', async () => {
    const caps = [{ scope: 'line_item' as const, limit: 3, unit: 'day' as const, count: 1 }];
    const lineItems = [
      sampleLineItem({
        id: 'li_goal',
        flights: [sampleFlight('goal', { impressionGoal: 5, budgetMicros: null })],
      }),
      sampleLineItem({
        id: 'li_day',
        flights: [sampleFlight('day', { dailyBudgetMicros: 60_000, budgetMicros: null })],
      }),
      sampleLineItem({ id: 'li_cap', frequencyCaps: caps }),
      sampleLineItem({ id: 'li_flat', priceModel: 'flat', priority: 12 }),
    ];
    const { engine, log } = await engineOn(sampleSnapshot({ lineItems }));
    const served = new Map<string, number>();
    for (let n = 0; n < 40; n++) {
      const { ads } = engine.decide(sampleRequest({ identity: '00000000000000aa' }), Date.now(), null);
      for (const ad of ads) served.set(ad.lineItemId, (served.get(ad.lineItemId) ?? 0) + 1);
    }
    expect(Object.fromEntries(served)).toEqual({ li_goal: 5, li_day: 3, li_cap: 3, li_flat: 29 });
    const other = engine.decide(sampleRequest({ identity: '00000000000000bb' }), Date.now(), null);
    expect(other.ads[0]!.lineItemId).toBe('li_cap');
    await log.close();
  });

  it('bring caps, goals and days back after a start', async () => {
    const caps = [{ scope: 'campaign' as const, limit: 2, unit: 'day' as const, count: 1 }];
    const body = sampleSnapshot({
      lineItems: [
        sampleLineItem({ id: 'li_cap', frequencyCaps: caps }),
        sampleLineItem({
          id: 'li_day',
          campaignId: 'cmp_2',
          priority: 9,
          flights: [sampleFlight('day', { dailyBudgetMicros: 40_000, impressionGoal: 9 })],
        }),
      ],
    });
    const { engine, log, snapshot } = await engineOn(body);
    const ask = (one: Engine) =>
      one.decide(sampleRequest({ identity: '00000000000000aa' }), Date.now(), null);
    for (let n = 0; n < 3; n++) await report(engine, ask(engine).ads[0]!.claims);
    await new Promise((resolve) => setTimeout(resolve, 60));
    const again = newEngine(log);
    await takeSnapshot(again, snapshot);
    // Two of the campaign are shown already; one of the two of the day is left.
    expect(ask(again).ads[0]!.lineItemId).toBe('li_day');
    expect(ask(again).reason).toBe('daily_cap');
    await log.close();
  });
});

const report = (engine: Engine, claims: Parameters<Engine['events']['record']>[0]) =>
  new Promise<void>((resolve) => {
    engine.events.record(
      claims,
      'impression',
      { source: 'api', errorCode: null, invalid: null },
      Date.now(),
      () => resolve(),
    );
  });

describe('taking over snapshots', () => {
  const withSpend = (spentMicros: number, ingestedThrough: SpendStatement['ingestedThrough']) =>
    sealed(sampleSnapshot(), {
      ingestedThrough,
      lineItems: { li_1: spentMicros },
      flights: { flt_li_1: [spentMicros, spentMicros / 20_000] },
    });

  it('serves nothing before the counters are rebuilt', async () => {
    const { engine, log } = await engineOn(sampleSnapshot());
    const { claims } = engine.decide(REQUEST, Date.now(), null).ads[0]!;
    await report(engine, claims);
    engine.decide(REQUEST, Date.now(), null);
    await new Promise((resolve) => setTimeout(resolve, 60));
    const again = newEngine(log);
    const starting = takeSnapshot(again, withSpend(0, {}));
    expect(again.state).toBeUndefined();
    expect(await starting).toEqual({ replayedRecords: 3 });
    expect(again.state).toBeDefined();
    expect(again.counters.ledger.pot('li_1')).toMatchObject({ ownMicros: 20_000, reservedMicros: 20_000 });
    expect(again.counters.open.openCount).toBe(1);
    await log.close();
  });

  it('never serves on counters that were rebuilt in part', async () => {
    let failing = false;
    const files: LogFiles = {
      ...diskFiles,
      open: (path, flags) =>
        failing ? Promise.reject(new Error('the disk cannot be read')) : diskFiles.open(path, flags),
    };
    const { engine, log, snapshot } = await engineOn(sampleSnapshot(), files);
    await report(engine, engine.decide(REQUEST, Date.now(), null).ads[0]!.claims);
    const again = newEngine(log);
    failing = true;
    await expect(takeSnapshot(again, snapshot)).rejects.toThrow('the disk cannot be read');
    failing = false;
    await expect(takeSnapshot(again, snapshot)).rejects.toThrow('the counters cannot be rebuilt');
    expect(again.state).toBeUndefined();
    expect(again.startProblem?.message).toContain('the disk cannot be read');
    await log.close();
  });

  it('keeps spend exact when the ingested position moves on, back, or to another history', async () => {
    const { engine, log } = await engineOn(sampleSnapshot());
    for (let n = 0; n < 5; n++) await report(engine, engine.decide(REQUEST, Date.now(), null).ads[0]!.claims);
    const two = await log.read({ segment: 1, offset: 0 }, 4, [KIND.decision, KIND.event]);
    const left = () => availableIn(engine.counters.ledger.pot('flt_li_1'));
    const expected = 20_000_000 - 5 * 20_000;
    expect(left()).toBe(expected);
    await takeSnapshot(engine, withSpend(40_000, { 'node-1': two.next }));
    expect([left(), engine.counters.ledger.pot('flt_li_1').ownMicros]).toEqual([expected, 60_000]);
    await takeSnapshot(engine, withSpend(100_000, { 'node-1': log.durableThrough }));
    expect([left(), engine.counters.ledger.pot('flt_li_1').ownMicros]).toEqual([expected, 0]);
    await takeSnapshot(engine, withSpend(40_000, { 'node-1': two.next }));
    expect([left(), engine.counters.ledger.pot('flt_li_1').ownMicros]).toEqual([expected, 60_000]);
    await takeSnapshot(engine, withSpend(0, { 'node-1': { segment: 9, offset: 12 } }));
    expect([left(), engine.counters.ledger.pot('flt_li_1').ownMicros]).toEqual([expected, 100_000]);
    await log.close();
  });
});

describe('following snapshots', () => {
  const LINE_ITEMS = ['li_a', 'li_b', 'li_c', 'li_d'];
  const CREATIVES = ['crv_1', 'crv_2', 'crv_3'];
  const part = fc.record({
    price: fc.integer({ min: 1, max: 9 }),
    budget: fc.constantFrom(null, 40_000, 9_000_000),
    goal: fc.constantFrom(null, 5),
    daily: fc.constantFrom(null, 20_000),
    pacing: fc.constantFrom('even' as const, 'asap' as const),
    cap: fc.constantFrom(null, 'line_item' as const, 'campaign' as const, 'creative' as const),
    creative: fc.constantFrom(...CREATIVES),
    spent: fc.integer({ min: 0, max: 2 }),
  });
  const lengths = fc.record(Object.fromEntries(CREATIVES.map((id) => [id, fc.constantFrom(null, 15, 30)])));
  const step = fc.tuple(
    fc.record(Object.fromEntries(LINE_ITEMS.map((id) => [id, fc.option(part, { nil: null })]))),
    lengths,
  );

  function snapshotOf([items, creatives]: typeof step extends fc.Arbitrary<infer T> ? T : never): Snapshot {
    const present = LINE_ITEMS.flatMap((id) => (items[id] ? [{ id, ...items[id] }] : []));
    const body = sampleSnapshot({
      lineItems: present.map(({ id, price, budget, goal, daily, pacing, cap, creative }) =>
        sampleLineItem({
          id,
          campaignId: `cmp_${id < 'li_c'}`,
          cpmMicros: price * 1_000_000,
          pacing,
          budgetMicros: budget,
          flights: [sampleFlight(id, { impressionGoal: goal, dailyBudgetMicros: daily })],
          frequencyCaps: cap === null ? [] : [{ scope: cap, limit: 2, unit: 'day', count: 1 }],
          creatives: sampleAssignments(creative),
        }),
      ),
      creatives: CREATIVES.flatMap((id) =>
        creatives[id] ? [sampleCreative({ id, durationMs: creatives[id]! * 1000, fingerprint: id })] : [],
      ),
    });
    return sealed(body, {
      ingestedThrough: {},
      lineItems: Object.fromEntries(present.map(({ id, spent }) => [id, spent * 9_000])),
      flights: Object.fromEntries(
        present.map(({ id, spent }) => [`flt_${id}`, [spent * 9_000, spent] as const]),
      ),
    } as SpendStatement);
  }

  it('ends where starting from the last one begins, whatever came between', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 2, maxLength: 5 }),
        lengths,
        fc.nat(5),
        async (others, last, restartAt) => {
          // In the end only a creative is another: what is counted of its line items is not said again.
          const steps = [...others, [others.at(-1)![0], last]] as typeof others;
          const logs: DurableLog[] = [];
          const fresh = async () => {
            const { log: opened } = await openLog();
            logs.push(opened);
            return newEngine(opened);
          };
          const followed = await fresh();
          for (const [at, one] of steps.entries()) {
            if (at === restartAt) restartThread(followed);
            await takeSnapshot(followed, snapshotOf(one));
          }
          const started = await fresh();
          await takeSnapshot(started, snapshotOf(steps.at(-1)!));
          const nowMs = Date.parse('2026-03-14T12:00:00Z');
          const identity = [1, 2] as const;
          expect(followed.readingsOf('acc_1', identity, nowMs)).toEqual(
            started.readingsOf('acc_1', identity, nowMs),
          );
          for (const id of LINE_ITEMS)
            expect(followed.lineItemState('acc_1', id, nowMs)).toEqual(
              started.lineItemState('acc_1', id, nowMs),
            );
          for (const id of CREATIVES) {
            expect(followed.state!.creatives.get(id)).toEqual(started.state!.creatives.get(id));
            for (const { hash } of sampleCreative({ id }).mediaFiles)
              expect(followed.media.file(`${hash}.mp4`)).toEqual(started.media.file(`${hash}.mp4`));
          }
          expect(followed.state!.hash).toBe(started.state!.hash);
          const exposures = ({ state, counters: { exposures } }: Engine) =>
            [...state!.index.lineItems.values()].map((item) => [
              item.id,
              exposures
                .exposureOf(item, item.source.creatives[0]!.creativeId, identity)
                ?.scopes.map(({ key }) => key),
            ]);
          expect(new Map(exposures(followed) as [string, unknown][])).toEqual(
            new Map(exposures(started) as [string, unknown][]),
          );
          await Promise.all(logs.map((log) => log.close()));
        },
      ),
      { numRuns: 25 },
    );
  });
});

describe('an event that could not be kept', () => {
  it('leaves money and marks as they were, and counts when it comes again', async () => {
    let failing = false;
    const files: LogFiles = {
      ...diskFiles,
      async open(path, flags) {
        const file = await diskFiles.open(path, flags);
        return {
          write: (buffer, offset, length, position) =>
            failing
              ? Promise.reject(new Error('no space left'))
              : file.write(buffer, offset, length, position),
          read: (buffer, offset, length, position) => file.read(buffer, offset, length, position),
          datasync: () => file.datasync(),
          truncate: (length) => file.truncate(length),
          stat: () => file.stat(),
          close: () => file.close(),
        };
      },
    };
    const { engine, log } = await engineOn(sampleSnapshot(), files);
    const { claims } = engine.decide(REQUEST, Date.now(), null).ads[0]!;
    await new Promise((resolve) => setTimeout(resolve, 60));
    const pot = engine.counters.ledger.pot('li_1');
    const report = () =>
      new Promise<string>((resolve) => {
        engine.events.record(
          claims!,
          'impression',
          { source: 'api', errorCode: null, invalid: null },
          Date.now(),
          (error, answer) => resolve(error ? 'refused' : answer),
        );
      });
    failing = true;
    expect(await report()).toBe('refused');
    expect(pot).toMatchObject({ ownMicros: 0, reservedMicros: 20_000 });
    failing = false;
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(await report()).toBe('counted');
    expect(await report()).toBe('duplicate');
    expect(pot).toMatchObject({ ownMicros: 20_000, reservedMicros: 0 });
    expect(availableIn(pot)).toBe(20_000_000 - 20_000);
    const { entries } = await log.read({ segment: 1, offset: 0 }, 10, [KIND.event]);
    expect(entries.map((entry) => EventRecord.parse(JSON.parse(entry.payload)).duplicate)).toEqual([
      false,
      true,
    ]);
    await log.close();
  });
});

describe('snapshot file', () => {
  it('keeps its hash whatever the time, and is refused for version, checksum and shape', () => {
    const one = encodeSnapshot(sampleSnapshot(), NO_SPEND, '2026-03-01T00:00:00Z');
    const two = encodeSnapshot(sampleSnapshot(), NO_SPEND, '2026-03-02T00:00:00Z');
    expect(two.header.hash).toBe(one.header.hash);
    expect(decodeSnapshot(one.text)).toMatchObject({
      ok: true,
      snapshot: { builtAt: '2026-03-01T00:00:00Z' },
    });
    expect(decodeSnapshot(one.text.replace('"schemaVersion":2', '"schemaVersion":3'))).toMatchObject({
      ok: false,
      problem: expect.stringContaining('version 3'),
    });
    expect(decodeSnapshot(one.text.replace('"priority":8', '"priority":7'))).toMatchObject({
      ok: false,
      problem: expect.stringContaining('hashes to'),
    });
    for (const text of ['', '{}', '{}\n{}', 'x\ny']) expect(decodeSnapshot(text).ok).toBe(false);
  });

  it('does not encode a body that breaks the rules', () => {
    const keys = [{ ...sampleSnapshot().keys[0]!, state: 'verifying' as const }];
    expect(() => encodeSnapshot(sampleSnapshot({ keys }), NO_SPEND, '2026-03-01T00:00:00Z')).toThrow(
      /exactly one active/,
    );
    const lineItems = [sampleLineItem({ id: 'li_1', cpmMicros: 1500 })];
    expect(() => encodeSnapshot(sampleSnapshot({ lineItems }), NO_SPEND, '2026-03-01T00:00:00Z')).toThrow(
      /multiple of 1000/,
    );
    const creatives = [sampleCreative({ id: 'crv_1', clickThroughUrl: 'javascript:alert(1)' })];
    expect(() => encodeSnapshot(sampleSnapshot({ creatives }), NO_SPEND, '2026-03-01T00:00:00Z')).toThrow();
    const media = [sampleCreative({ id: 'crv_1' })].map((creative) => ({
      ...creative,
      mediaFiles: [{ ...creative.mediaFiles[0]!, path: '../../etc/passwd.mp4' }],
    }));
    expect(() =>
      encodeSnapshot(sampleSnapshot({ creatives: media }), NO_SPEND, '2026-03-01T00:00:00Z'),
    ).toThrow(/relative path/);
  });
});
