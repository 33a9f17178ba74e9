import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareReach } from './compare-reach.ts';
import { copyReach, type ReachRow, reachKey } from './reach-rows.ts';
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

describe('comparing reach', () => {
  it('finds nothing where both sides are the same', () => {
    fc.assert(
      fc.property(rows, partial, (log, partialThrough) => {
        expect(compareReach(log, copyReach(log), { partialThrough, campaigns }).findings).toEqual([]);
      }),
    );
  });

  it('finds nothing more once what it says was done, and changes neither side itself', () => {
    fc.assert(
      fc.property(rows, rows, partial, (log, stored, partialThrough) => {
        const rules = { partialThrough, campaigns };
        const before = JSON.stringify(
          [...stored].map(([key, row]) => [key, [...row.sketch.toBytes()], row.lasting]),
        );
        const { remove, put } = compareReach(log, stored, rules);
        expect(
          JSON.stringify([...stored].map(([key, row]) => [key, [...row.sketch.toBytes()], row.lasting])),
        ).toBe(before);
        const repaired = new Map(stored);
        for (const row of remove) repaired.delete(reachKey(row));
        for (const row of put) repaired.set(reachKey(row), row);
        expect(compareReach(log, repaired, rules).findings).toEqual([]);
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
