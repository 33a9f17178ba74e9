import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { availableIn, buildIndex, decide } from '@cuepoint/decisioning';
import { describe, expect, it } from 'vitest';
import {
  type DecisionRecord,
  DecisionRecord as DecisionRecordSchema,
  decodeSnapshot,
  EventRecord,
  encodeSnapshot,
  type Snapshot,
  type SnapshotBody,
} from '../../kernel/delivery-protocol.ts';
import { Engine } from './engine.ts';
import { DurableLog } from './log/durable-log.ts';
import { KIND } from './log/frame.ts';
import { diskFiles, type LogFiles } from './log/segment-files.ts';
import { sampleCreative, sampleLineItem, sampleSnapshot } from './testing/sample-snapshot.ts';

function sealed(body: SnapshotBody): Snapshot {
  const decoded = decodeSnapshot(encodeSnapshot(body, '2026-03-01T00:00:00Z').text);
  if (!decoded.ok) throw new Error(decoded.problem);
  return decoded.snapshot;
}

async function engineOn(body: SnapshotBody, files?: LogFiles) {
  const { log } = await DurableLog.open({
    dir: await mkdtemp(join(tmpdir(), 'cuepoint-engine-')),
    nodeId: 'node-1',
    sync: 'fsync',
    segmentBytes: 1024 * 1024,
    maxQueueBytes: 64 * 1024 * 1024,
    nowMs: Date.now,
    ...(files ? { files } : {}),
  });
  const engine = new Engine(log, {
    nodeId: 'node-1',
    reservationSeconds: 600,
    tokenSeconds: 14_400,
    nowMs: Date.now,
  });
  const snapshot = sealed(body);
  await engine.start(snapshot);
  return { engine, log, snapshot };
}

const REQUEST = {
  requestId: 'r',
  accountId: 'acc_1',
  placementId: 'plc_1',
  minDurationMs: 0,
  maxDurationMs: 30_000,
  country: null,
  device: 'ctv',
};

describe('decision records', () => {
  it('replay to the same outcome from the snapshot and the record alone', async () => {
    const start = '2020-01-01T00:00:00Z';
    const end = '2099-01-01T00:00:00Z';
    const lineItems = Array.from({ length: 40 }, (_, n) =>
      sampleLineItem({
        id: `li_${n}`,
        priority: 1 + (n % 5),
        pacing: n % 2 === 0 ? 'even' : 'asap',
        budgetMicros: 20_000 * (5 + n),
        flights: [{ id: `flt_${n}`, startAt: start, endAt: end, budgetMicros: null, spentMicros: 0 }],
        creatives: [
          { creativeId: 'crv_1', weight: 1 },
          { creativeId: 'crv_2', weight: 2 },
        ],
        targeting: n % 3 === 0 ? [{ dimension: 'device', operator: 'any_of', values: ['ctv'] }] : [],
      }),
    );
    const creatives = [sampleCreative({ id: 'crv_1' }), sampleCreative({ id: 'crv_2', durationMs: 15_000 })];
    const { engine, log, snapshot } = await engineOn(sampleSnapshot({ lineItems, creatives }));
    for (let n = 0; n < 2000; n++)
      engine.decide(
        { ...REQUEST, device: n % 2 === 0 ? 'ctv' : 'phone', maxDurationMs: n % 7 === 0 ? 15_000 : 30_000 },
        Date.now(),
      );
    await log.close();
    const index = buildIndex(snapshot);
    const outcomes = new Set<string>();
    let replayed = 0;
    for await (const entry of log.range({ segment: 1, offset: 0 }, log.durableThrough, [KIND.decision])) {
      const record: DecisionRecord = DecisionRecordSchema.parse(JSON.parse(entry.payload));
      expect(record.snapshotHash).toBe(snapshot.hash);
      if (record.readingsTruncated) continue;
      const read = new Map(record.readings.map(([id, available, rate]) => [id, { available, rate }]));
      const { outcome } = decide(
        index,
        { ...record.request, atMs: Date.parse(record.at) },
        {
          availableMicros: (item) => read.get(item.id)!.available,
          passRate: (item) => read.get(item.id)!.rate,
        },
        record.seed,
      );
      if (record.outcome.kind === 'ad')
        expect(outcome).toMatchObject({
          lineItem: { id: record.outcome.lineItemId },
          creative: { id: record.outcome.creativeId },
          flight: { id: record.outcome.flightId },
        });
      else expect(outcome).toEqual(record.outcome);
      outcomes.add(record.outcome.kind === 'ad' ? record.outcome.lineItemId : record.outcome.reason);
      replayed++;
    }
    expect(replayed).toBeGreaterThan(500);
    expect(outcomes.size).toBeGreaterThan(10);
  });
});

describe('taking over snapshots', () => {
  const withSpend = (spentMicros: number, ingestedThrough: SnapshotBody['ingestedThrough']) => {
    const flights = [{ ...sampleLineItem({ id: 'li_1' }).flights[0]!, spentMicros }];
    return sealed(
      sampleSnapshot({ lineItems: [sampleLineItem({ id: 'li_1', spentMicros, flights })], ingestedThrough }),
    );
  };
  const report = (engine: Engine, claims: Parameters<Engine['record']>[0]) =>
    new Promise<void>((resolve) => {
      engine.record(claims, 'impression', { source: 'api', errorCode: null }, Date.now(), () => resolve());
    });

  it('serves nothing before the counters are rebuilt', async () => {
    const { engine, log } = await engineOn(sampleSnapshot());
    const { claims } = engine.decide(REQUEST, Date.now());
    await report(engine, claims!);
    engine.decide(REQUEST, Date.now());
    await new Promise((resolve) => setTimeout(resolve, 60));
    const again = new Engine(log, {
      nodeId: 'node-1',
      reservationSeconds: 600,
      tokenSeconds: 14_400,
      nowMs: Date.now,
    });
    const starting = again.start(withSpend(0, {}));
    expect(again.state).toBeUndefined();
    expect(await starting).toEqual({ replayedRecords: 3 });
    expect(again.state).toBeDefined();
    expect(again.ledger.pot('li_1')).toMatchObject({ ownMicros: 20_000, reservedMicros: 20_000 });
    expect(again.open.openCount).toBe(1);
    await log.close();
  });

  it('keeps spend exact when the ingested position moves on, back, or to another history', async () => {
    const { engine, log } = await engineOn(sampleSnapshot());
    for (let n = 0; n < 5; n++) await report(engine, engine.decide(REQUEST, Date.now()).claims!);
    const two = await log.read({ segment: 1, offset: 0 }, 4, [KIND.decision, KIND.event]);
    const left = () => availableIn(engine.ledger.pot('flt_li_1'));
    const expected = 20_000_000 - 5 * 20_000;
    expect(left()).toBe(expected);
    await engine.swap(withSpend(40_000, { 'node-1': two.next }));
    expect([left(), engine.ledger.pot('flt_li_1').ownMicros]).toEqual([expected, 60_000]);
    await engine.swap(withSpend(100_000, { 'node-1': log.durableThrough }));
    expect([left(), engine.ledger.pot('flt_li_1').ownMicros]).toEqual([expected, 0]);
    await engine.swap(withSpend(40_000, { 'node-1': two.next }));
    expect([left(), engine.ledger.pot('flt_li_1').ownMicros]).toEqual([expected, 60_000]);
    await engine.swap(withSpend(0, { 'node-1': { segment: 9, offset: 12 } }));
    expect([left(), engine.ledger.pot('flt_li_1').ownMicros]).toEqual([expected, 100_000]);
    await log.close();
  });
});

describe('an event that could not be kept', () => {
  it('leaves money and marks as they were, and counts when it comes again', async () => {
    let failing = false;
    const files: LogFiles = {
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
    const { claims } = engine.decide(REQUEST, Date.now());
    await new Promise((resolve) => setTimeout(resolve, 60));
    const pot = engine.ledger.pot('li_1');
    const report = () =>
      new Promise<string>((resolve) => {
        engine.record(
          claims!,
          'impression',
          { source: 'api', errorCode: null },
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
    const one = encodeSnapshot(sampleSnapshot(), '2026-03-01T00:00:00Z');
    const two = encodeSnapshot(sampleSnapshot(), '2026-03-02T00:00:00Z');
    expect(two.header.hash).toBe(one.header.hash);
    expect(decodeSnapshot(one.text)).toMatchObject({
      ok: true,
      snapshot: { builtAt: '2026-03-01T00:00:00Z' },
    });
    expect(decodeSnapshot(one.text.replace('"schemaVersion":1', '"schemaVersion":2'))).toMatchObject({
      ok: false,
      problem: expect.stringContaining('version 2'),
    });
    expect(decodeSnapshot(one.text.replace('"priority":8', '"priority":7'))).toMatchObject({
      ok: false,
      problem: expect.stringContaining('hashes to'),
    });
    for (const text of ['', '{}', '{}\n{}', 'x\ny']) expect(decodeSnapshot(text).ok).toBe(false);
  });

  it('does not encode a body that breaks the rules', () => {
    const keys = [{ ...sampleSnapshot().keys[0]!, state: 'verifying' as const }];
    expect(() => encodeSnapshot(sampleSnapshot({ keys }), '2026-03-01T00:00:00Z')).toThrow(
      /exactly one active/,
    );
    const lineItems = [sampleLineItem({ id: 'li_1', cpmMicros: 1500 })];
    expect(() => encodeSnapshot(sampleSnapshot({ lineItems }), '2026-03-01T00:00:00Z')).toThrow(
      /multiple of 1000/,
    );
    const creatives = [sampleCreative({ id: 'crv_1', clickThroughUrl: 'javascript:alert(1)' })];
    expect(() => encodeSnapshot(sampleSnapshot({ creatives }), '2026-03-01T00:00:00Z')).toThrow();
    const media = [sampleCreative({ id: 'crv_1' })].map((creative) => ({
      ...creative,
      mediaFiles: [{ ...creative.mediaFiles[0]!, path: '../../etc/passwd.mp4' }],
    }));
    expect(() => encodeSnapshot(sampleSnapshot({ creatives: media }), '2026-03-01T00:00:00Z')).toThrow(
      /relative path/,
    );
  });
});
