import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BudgetLedger, DayPots, dayAt, dayNumber, dayPotKey, PotTable, startOfDay, zone } from '../index.ts';

const limits = (...pots: [key: string, limit: number | null][]) =>
  pots.map(([key, limitMicros]) => ({ key, limitMicros, ingestedMicros: 0 }));

const act = fc.record({
  act: fc.constantFrom('reserve' as const, 'commit' as const, 'release' as const, 'late' as const),
  price: fc.integer({ min: 1, max: 40 }),
  pick: fc.nat(50),
});

describe('PotTable', () => {
  it('never lets a pot of money or of impressions pass its limit, and keeps the sums', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 400 }),
        fc.integer({ min: 0, max: 400 }),
        fc.integer({ min: 0, max: 12 }),
        fc.array(act, { maxLength: 80 }),
        (lineItem, flight, goal, acts) => {
          const table = new PotTable();
          table.rebase(
            [
              ...limits(['li', lineItem], ['flt', flight], ['free', null]),
              { key: 'goal', limitMicros: goal, ingestedMicros: 0, unit: 'impressions' as const },
            ],
            new Map(),
          );
          const slots = ['li', 'flt', 'free', 'goal'].map((key) => table.slotOf(key)!);
          // Pots of one line item lie among those of others.
          const pots = Int32Array.of(99, ...slots, 99);
          const open: number[] = [];
          let [spent, shown, unbilled] = [0, 0, 0];
          for (const { act, price, pick } of acts) {
            const reserved = open.reduce((sum, micros) => sum + micros, 0);
            const fits =
              spent + reserved + price <= Math.min(lineItem, flight) && shown + open.length + 1 <= goal;
            expect(table.hasRoom(pots, 1, 5, price)).toBe(fits);
            if (act === 'reserve') {
              expect(table.reserve(pots, 1, 5, price)).toBe(fits);
              if (fits) open.push(price);
            } else if (act === 'late') {
              expect(table.spend(pots, 1, 5, price)).toBe(fits);
              if (fits) [spent, shown] = [spent + price, shown + 1];
              else unbilled += price;
            } else if (open.length > 0) {
              const [held] = open.splice(pick % open.length, 1) as [number];
              if (act === 'release') table.release(pots, 1, 5, held);
              else {
                table.commit(pots, 1, 5, held);
                [spent, shown] = [spent + held, shown + 1];
              }
            }
            const still = open.reduce((sum, micros) => sum + micros, 0);
            expect(slots.map((slot) => table.own(slot))).toEqual([spent, spent, spent, shown]);
            expect(slots.map((slot) => table.reserved(slot))).toEqual([still, still, still, open.length]);
            expect(table.unbilled(slots[0]!)).toBe(unbilled);
            expect(table.available(slots[0]!)).toBe(lineItem - spent - still);
          }
        },
      ),
    );
  });

  it('keeps slots and counters over snapshots, and takes off what has been counted meanwhile', () => {
    const table = new PotTable();
    table.rebase(limits(['a', 100], ['b', 50]), new Map());
    const a = table.slotOf('a')!;
    table.reserve(Int32Array.of(a), 0, 1, 30);
    table.commit(Int32Array.of(a), 0, 1, 30);
    table.reserve(Int32Array.of(a), 0, 1, 30);
    table.rebase([{ key: 'a', limitMicros: 200, ingestedMicros: 20 }], new Map([['a', 20]]));
    expect(table.slotOf('a')).toBe(a);
    expect([table.ingested(a), table.own(a), table.reserved(a), table.available(a)]).toEqual([
      20, 10, 30, 140,
    ]);
    expect(table.slotOf('b')).toBeUndefined();
  });

  it('settles a pot that is no longer named, and gives its slot away two snapshots later', () => {
    const table = new PotTable();
    table.rebase(limits(['old', 100]), new Map());
    const old = table.slotOf('old')!;
    const pots = Int32Array.of(old);
    table.reserve(pots, 0, 1, 10);
    table.rebase([], new Map());
    expect(table.reserve(pots, 0, 1, 1)).toBe(false);
    table.commit(pots, 0, 1, 10);
    table.rebase([], new Map([['old', 10]]));
    expect(table.slotOf('old')).toBeUndefined();
    expect(table.open('new1')).not.toBe(old);
    table.rebase(limits(['new1', 1]), new Map());
    expect(table.open('new2')).not.toBe(old);
    table.rebase(limits(['new1', 1], ['new2', 1]), new Map());
    expect(table.open('new3')).toBe(old);
    expect(table.available(old)).toBe(0);
    expect(table.slotCount).toBe(3);
  });

  it('grows, and refuses to count one pot in two units', () => {
    const table = new PotTable();
    for (let n = 0; n < 1000; n++) table.setLimit(table.open(`pot_${n}`), n);
    for (let n = 0; n < 1000; n++) expect(table.available(table.slotOf(`pot_${n}`)!)).toBe(n);
    expect(() => table.open('pot_1', 'impressions')).toThrow("pot 'pot_1' is not counted in impressions");
  });

  it('shows the same counters by key and by slot', () => {
    const ledger = new BudgetLedger();
    ledger.rebase(limits(['li', 100], ['flt', 60]), new Map());
    const pots = Int32Array.of(ledger.table.slotOf('li')!, ledger.table.slotOf('flt')!);
    expect(ledger.table.reserve(pots, 0, 2, 40)).toBe(true);
    expect(ledger.pot('flt').reservedMicros).toBe(40);
    expect(ledger.reserve([ledger.pot('li'), ledger.pot('flt')], 40)).toBe(false);
    ledger.commit([ledger.pot('li'), ledger.pot('flt')], 40);
    expect(ledger.table.own(pots[1]!)).toBe(40);
    expect(ledger.pot('li')).toBe(ledger.pot('li'));
  });
});

describe('DayPots', () => {
  const berlin = zone('Europe/Berlin');
  const budget = { key: 'flt_1', zone: berlin, limit: 100 };
  const march29 = dayNumber('2026-03-29');

  it('begin anew at midnight of their zone, and settle a promise in the day it was made', () => {
    const table = new PotTable();
    const days = new DayPots(table, [budget]);
    const midnight = startOfDay(berlin, march29);
    const evening = days.slotAt(0, midnight - 1);
    expect(table.reserve(Int32Array.of(evening), 0, 1, 100)).toBe(true);
    expect(table.reserve(Int32Array.of(days.slotAt(0, midnight - 1)), 0, 1, 1)).toBe(false);
    const morning = days.slotAt(0, midnight);
    expect(morning).not.toBe(evening);
    expect(table.available(morning)).toBe(100);
    table.commit(Int32Array.of(evening), 0, 1, 100);
    expect([table.own(evening), table.own(morning)]).toEqual([100, 0]);
    // The day the clocks go forward has 23 hours.
    expect(days.slotAt(0, midnight + 23 * 3_600_000 - 1)).toBe(morning);
    expect(days.slotAt(0, midnight + 23 * 3_600_000)).not.toBe(morning);
  });

  it('are named in a snapshot with what it has counted of today', () => {
    const table = new PotTable();
    const days = new DayPots(table, [budget, { ...budget, key: 'flt_2', unit: 'impressions' }]);
    const noon = startOfDay(berlin, march29) + 12 * 3_600_000;
    const today = dayPotKey('flt_1', dayAt(berlin, noon));
    expect(today).toBe('flt_1/2026-03-29');
    table.rebase(days.limits(new Map([[today, 30]]), noon), new Map());
    expect(table.available(days.slotAt(0, noon))).toBe(70);
    expect(table.available(days.slotAt(1, noon))).toBe(100);
    expect(table.amountOf(days.slotAt(1, noon), 5000)).toBe(1);
  });

  it('hand a new day to the leases when there are any', () => {
    const table = new PotTable();
    const leased: string[] = [];
    const days = new DayPots(table, [budget], (slot, key, { limit }) =>
      leased.push(`${slot} ${key} ${limit}`),
    );
    const noon = startOfDay(berlin, march29) + 12 * 3_600_000;
    const slot = days.slotAt(0, noon);
    days.slotAt(0, noon + 1);
    expect(leased).toEqual([`${slot} flt_1/2026-03-29 100`]);
    table.rebase(days.limits(new Map(), noon), new Map());
    expect(table.available(slot)).toBe(0);
  });
});
