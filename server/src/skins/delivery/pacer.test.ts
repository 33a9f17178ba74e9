import {
  availableIn,
  BudgetLedger,
  buildIndex,
  decide,
  type PacingMode,
  type Readings,
} from '@cuepoint/decisioning';
import { describe, expect, it } from 'vitest';
import { placementFacts, toAdRequest } from '../../kernel/ad-request.ts';
import { Pacer } from './pacer.ts';
import {
  sampleCreative,
  sampleFlight,
  sampleLineItem,
  samplePlacement,
  sampleRequest,
} from './testing/sample-snapshot.ts';

const START = Date.parse('2026-03-01T00:00:00Z');
const HOURS = 24;

describe('Pacer', () => {
  it('spreads an even flight over its day where as-soon-as-possible is spent before noon', () => {
    const byNoon = (['even', 'asap', 'front_loaded'] as const).map((pacing) => simulate(pacing));
    expect(byNoon[0]!.noon).toBeGreaterThan(0.45);
    expect(byNoon[0]!.noon).toBeLessThan(0.56);
    expect(byNoon[0]!.end).toBeGreaterThan(0.99);
    expect(byNoon[1]!.noon).toBe(1);
    // 60 % of the plan is due at half of the flight.
    expect(byNoon[2]!.noon).toBeGreaterThan(0.55);
    expect(byNoon[2]!.noon).toBeLessThan(0.7);
    for (const { end } of byNoon) expect(end).toBeLessThanOrEqual(1);
  });

  it('lets a flight without traffic so far serve at once', () => {
    const { item, flight, pot } = world('even');
    const pacer = new Pacer();
    expect(pacer.passRate(item, flight, pot, START + 1000)).toBe(1);
    pot.ownMicros = pot.limitMicros / 2;
    expect(pacer.passRate(item, flight, pot, START + 1000)).toBeLessThan(1);
  });
});

function world(pacing: PacingMode) {
  const budgetMicros = 20_000 * 10_000;
  const flights = [
    sampleFlight('1', {
      startAt: new Date(START).toISOString(),
      endAt: new Date(START + HOURS * 3_600_000).toISOString(),
      budgetMicros,
    }),
  ];
  const index = buildIndex({
    lineItems: [sampleLineItem({ id: 'li_1', pacing, flights, budgetMicros: null })],
    creatives: [sampleCreative({ id: 'crv_1' })],
    placements: [samplePlacement()],
  });
  const ledger = new BudgetLedger();
  ledger.rebase([{ key: 'flt_1', limitMicros: budgetMicros, ingestedMicros: 0 }], new Map());
  const item = index.lineItems.get('li_1')!;
  return { index, ledger, item, flight: item.flights[0]!, pot: ledger.pot('flt_1'), budgetMicros };
}

/** A day with three times the requests the budget needs, evenly spread. */
function simulate(pacing: PacingMode) {
  const { index, ledger, pot, budgetMicros } = world(pacing);
  const pacer = new Pacer();
  const perMinute = 21;
  let seed = 0;
  let noon = 0;
  for (let minute = 0; minute < HOURS * 60; minute++) {
    const nowMs = START + minute * 60_000;
    const readings: Readings = {
      affordable: () => Math.floor(availableIn(pot) / 20_000),
      room: () => Number.POSITIVE_INFINITY,
      creativeRoom: () => Number.POSITIVE_INFINITY,
      sequence: () => 0,
      passRate: (item, flight) => pacer.passRate(item, flight, pot, nowMs),
    };
    for (let n = 0; n < perMinute; n++) {
      const request = toAdRequest(sampleRequest(), placementFacts(samplePlacement()), nowMs);
      const decision = decide(index, request, readings, seed++);
      pacer.count(decision.examined);
      for (const ad of decision.ads) expect(ledger.spend([pot], ad.priceMicros)).toBe(true);
    }
    pacer.step(index, () => pot, nowMs + 60_000);
    if (minute === 12 * 60) noon = pot.ownMicros / budgetMicros;
  }
  return { noon, end: pot.ownMicros / budgetMicros };
}
