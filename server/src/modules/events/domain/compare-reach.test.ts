import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareReach, undecidedReach } from './compare-reach.ts';
import { type ReachRow, reachDigest, reachKey, type StoredReach } from './reach-rows.ts';
import { ReachSketch } from './reach-sketch.ts';

const HOURS = ['2026-11-21T08:00:00.000Z', '2026-11-21T09:00:00.000Z'];
const rows: fc.Arbitrary<Map<string, ReachRow>> = fc
  .array(
    fc.record({
      hour: fc.constantFrom(...HOURS),
      campaign_id: fc.constantFrom('', 'cmp_here', 'cmp_gone'),
      keys: fc.array(fc.nat({ max: 5 }), { maxLength: 4 }),
      lasting: fc.nat({ max: 3 }),
    }),
    { maxLength: 5 },
  )
  .map((list) => {
    const map = new Map<string, ReachRow>();
    for (const { keys, ...one } of list) {
      const sketch = new ReachSketch();
      for (const key of keys) sketch.add(`k${key}`);
      const row = { account_id: 'acc', line_item_id: 'li', household: 0, session: 0, sketch, ...one };
      map.set(reachKey(row), row);
    }
    return map;
  });
const partial = fc.constantFrom(null, HOURS[0]!);
const campaigns = new Map([['cmp_here', { demo: false }]]);

type Rows = ReadonlyMap<string, ReachRow>;

/** As the database has them: the sketch itself only where it must be looked into. */
function kept(rows: Rows, log: Rows, rules: Parameters<typeof compareReach>[2]): Map<string, StoredReach> {
  const all = new Map<string, StoredReach>();
  for (const [key, row] of rows) all.set(key, { ...row, digest: reachDigest(row.sketch), sketch: null });
  for (const row of undecidedReach(log, all, rules)) row.sketch = rows.get(reachKey(row))!.sketch;
  return all;
}

const written = (rows: Rows) =>
  JSON.stringify([...rows].map(([key, row]) => [key, reachDigest(row.sketch), row.lasting]));

describe('comparing reach', () => {
  it('finds nothing where both sides are the same, and looks into no sketch', () => {
    fc.assert(
      fc.property(rows, partial, (log, partialThrough) => {
        const rules = { partialThrough, campaigns };
        const stored = kept(log, log, rules);
        expect(undecidedReach(log, stored, rules)).toEqual([]);
        expect(compareReach(log, stored, rules).findings).toEqual([]);
      }),
    );
  });

  it('finds nothing more once what it says was done, and changes neither side itself', () => {
    fc.assert(
      fc.property(rows, rows, partial, (log, stored, partialThrough) => {
        const rules = { partialThrough, campaigns };
        const before = [written(log), written(stored)];
        const { remove, put } = compareReach(log, kept(stored, log, rules), rules);
        expect([written(log), written(stored)]).toEqual(before);
        const repaired = new Map(stored);
        for (const row of remove) repaired.delete(reachKey(row));
        for (const row of put) repaired.set(reachKey(row), row);
        expect(compareReach(log, kept(repaired, log, rules), rules).findings).toEqual([]);
        for (const [key, row] of log) {
          const isPartial = row.hour === partialThrough;
          const held = repaired.get(key);
          // Where the log knows all, it is what the log says; where it does not, nothing of it is missing.
          if (row.campaign_id === 'cmp_gone') continue;
          expect(held!.lasting).toBeGreaterThanOrEqual(row.lasting);
          expect(held!.sketch.copy().merge(row.sketch)).toBe(false);
          if (!isPartial) expect(held!.sketch.toBytes()).toEqual(row.sketch.toBytes());
        }
      }),
    );
  });
});
