import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { availableIn, BudgetLedger } from './budget-ledger.ts';

const step = fc.oneof(
  fc.record({ act: fc.constant('reserve' as const), micros: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ act: fc.constantFrom('commit' as const, 'release' as const), pick: fc.nat() }),
  fc.record({ act: fc.constant('late' as const), micros: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ act: fc.constant('ingest' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
);

describe('BudgetLedger', () => {
  it('never lets committed plus reserved pass either budget, whatever the order of steps', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 300 }),
        fc.integer({ min: 0, max: 300 }),
        fc.array(step),
        (li, fl, steps) => {
          const ledger = new BudgetLedger();
          let ingested = 0;
          const limits = () => [
            { key: 'li', limitMicros: li, ingestedMicros: ingested },
            { key: 'flt', limitMicros: fl, ingestedMicros: ingested },
          ];
          ledger.rebase(limits(), new Map());
          const pots = [ledger.pot('li'), ledger.pot('flt')];
          const open: number[] = [];
          let spent = 0;
          for (const one of steps) {
            if (one.act === 'reserve' && ledger.reserve(pots, one.micros)) open.push(one.micros);
            if (one.act === 'commit' && open.length > 0) {
              const [micros] = open.splice(one.pick % open.length, 1) as [number];
              ledger.commit(pots, micros);
              spent += micros;
            }
            if (one.act === 'release' && open.length > 0)
              ledger.release(pots, open.splice(one.pick % open.length, 1)[0]!);
            if (one.act === 'late' && ledger.spend(pots, one.micros)) spent += one.micros;
            if (one.act === 'ingest') {
              const part = Math.floor((spent - ingested) * one.share);
              ingested += part;
              ledger.rebase(
                limits(),
                new Map([
                  ['li', part],
                  ['flt', part],
                ]),
              );
            }
            const reserved = open.reduce((sum, micros) => sum + micros, 0);
            expect(spent + reserved).toBeLessThanOrEqual(Math.min(li, fl));
            expect(availableIn(pots[0]!)).toBe(li - spent - reserved);
            expect(availableIn(pots[1]!)).toBe(fl - spent - reserved);
          }
        },
      ),
    );
  });

  it('gives a pot that left the snapshot nothing to spend, but settles what is open', () => {
    const ledger = new BudgetLedger();
    ledger.rebase([{ key: 'li', limitMicros: null, ingestedMicros: 0 }], new Map());
    const pots = [ledger.pot('li')];
    expect(ledger.reserve(pots, 10)).toBe(true);
    ledger.rebase([], new Map());
    expect(ledger.reserve(pots, 1)).toBe(false);
    ledger.commit(pots, 10);
    expect(pots[0]).toMatchObject({ ownMicros: 10, reservedMicros: 0 });
  });
});
