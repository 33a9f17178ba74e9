import { buildIndex, decide } from '@cuepoint/decisioning';
import { describe, expect, it } from 'vitest';
import { placementFacts, toAdRequest } from '../../kernel/ad-request.ts';
import { DecisionRecord } from '../../kernel/delivery-protocol.ts';
import { recordedReadings } from '../../kernel/replay-readings.ts';
import { KIND } from './log/frame.ts';
import { newEngine, openLog, sealed } from './testing/open-engine.ts';
import { sampleLineItem, sampleRequest, sampleSnapshot } from './testing/sample-snapshot.ts';
import { takeSnapshot } from './testing/take-snapshot.ts';

const COUNT = 4000;
const START = Date.parse('2026-03-14T06:00:00Z');

const snapshot = sealed(
  sampleSnapshot({
    lineItems: [5, 10, 15].map((price) =>
      sampleLineItem({
        id: `li_${price}`,
        cpmMicros: price * 1_000_000,
        // The dearest runs dry on the way, so that readings matter.
        budgetMicros: price === 15 ? 15_000_000 : 1_000_000_000_000,
        frequencyCaps: [{ scope: 'line_item', limit: 2, unit: 'hour', count: 1 }],
      }),
    ),
  }),
);
const index = buildIndex(snapshot);
const facts = placementFacts(snapshot.placements[0]!);

async function decisionsAt(decisionSampleRate: number): Promise<DecisionRecord[]> {
  const { log, remove } = await openLog({ sync: 'relaxed', segmentBytes: 64 * 1024 * 1024 });
  const engine = newEngine(log, { nowMs: () => START, decisionSampleRate });
  await takeSnapshot(engine, snapshot);
  for (let n = 0; n < COUNT; n++) {
    const identity = (n % 1500).toString(16).padStart(16, '0');
    engine.decide(sampleRequest({ identity }), START + n * 97, null);
  }
  await log.close();
  const records: DecisionRecord[] = [];
  for await (const entry of log.range({ segment: 1, offset: 0 }, log.durableThrough, [KIND.decision]))
    records.push(DecisionRecord.parse(JSON.parse(entry.payload)));
  await remove();
  expect(records).toHaveLength(COUNT);
  return records;
}

/** What a record says happened, and what happens when it is made again. */
function replayed(record: DecisionRecord): [then: string, now: string] {
  const again = decide(
    index,
    toAdRequest(record.request, facts, Date.parse(record.at)),
    recordedReadings(record.readings),
    record.seed,
  );
  return [
    `${record.ads.map((ad) => `${ad.lineItemId} ${ad.creativeId}`)} ${record.reason}`,
    `${again.ads.map((ad) => `${ad.lineItem.id} ${ad.creative.id}`)} ${again.reason}`,
  ];
}

describe('the share of decisions whose readings are kept', () => {
  it('is none at 0: no record holds readings, and each says that it cannot be replayed', async () => {
    const records = await decisionsAt(0);
    for (const { readings, readingsTruncated } of records)
      expect([readings, readingsTruncated]).toEqual([[], true]);
    // Nothing else of a record is sampled.
    expect(records.filter(({ ads }) => ads.length === 1).length).toBeGreaterThan(COUNT / 2);
    expect(records.every(({ request }) => request.identity !== null)).toBe(true);
  });

  it('is half at 0.5: those with readings are made again, the others say that they are not', async () => {
    const records = await decisionsAt(0.5);
    const kept = records.filter(({ readingsTruncated }) => !readingsTruncated);
    // Six standard deviations of a fair coin.
    expect(Math.abs(kept.length - COUNT / 2)).toBeLessThan(3 * Math.sqrt(COUNT));
    for (const { readings, readingsTruncated } of records)
      expect(readings.length === 0).toBe(readingsTruncated);
    for (const record of kept.slice(0, 500)) {
      const [then, now] = replayed(record);
      expect(now).toBe(then);
    }
    // Chosen by chance, and not by what was decided.
    const dry = (of: DecisionRecord[]) => of.filter(({ ads }) => ads.length === 0).length / of.length;
    expect(dry(kept)).toBeCloseTo(dry(records), 1);
  });

  it('is all at 1, where readings decide what is made again', async () => {
    const records = await decisionsAt(1);
    expect(
      records.every(({ readings, readingsTruncated }) => readings.length > 0 && !readingsTruncated),
    ).toBe(true);
    const blind = records.filter((record) => {
      const [then, now] = replayed({ ...record, readings: [] });
      return then !== now;
    });
    expect(blind.length).toBeGreaterThan(0);
  });
});
