import {
  availableIn,
  BudgetLedger,
  buildIndex,
  decide,
  type PacingMode,
  type Readings,
  typicalDay,
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
    // Even follows the traffic of the day, of which a third or so has come by noon; the plan ends a little early.
    const day = typicalDay();
    const sum = (weights: Float64Array) => weights.reduce((total, weight) => total + weight, 0);
    const traffic = sum(day.subarray(0, 12 * 60)) / sum(day);
    expect(Math.abs(byNoon[0]!.noon - traffic)).toBeLessThan(0.03);
    expect(byNoon[0]!.end).toBeGreaterThan(0.99);
    expect(byNoon[1]!.noon).toBeGreaterThan(0.99);
    // 1.4 times the even speed at the start, falling to 0.6 times at the end.
    expect(byNoon[2]!.noon).toBeGreaterThan(traffic * 1.15);
    expect(byNoon[2]!.noon).toBeLessThan(traffic * 1.4);
    for (const { end } of byNoon) expect(end).toBeLessThanOrEqual(1);
  });

  it('lets a flight without traffic so far serve at once', () => {
    const { flight, pot, pacer } = world('even');
    expect(pacer.passRate(flight, pot, START + 1000)).toBe(1);
    pot.ownMicros = pot.limitMicros / 2;
    expect(pacer.passRate(flight, pot, START + 1000)).toBeLessThan(1);
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
  const pacer = new Pacer();
  pacer.change({ left: [], came: [item] }, START);
  return { index, ledger, flight: item.flights[0]!, pot: ledger.pot('flt_1'), budgetMicros, pacer };
}

/** A day with three times the requests the budget needs, spread as viewing is over a day. */
function simulate(pacing: PacingMode) {
  const { index, ledger, pot, budgetMicros, pacer } = world(pacing);
  const day = typicalDay();
  const whole = day.reduce((sum, weight) => sum + weight, 0);
  let due = 0;
  let seed = 0;
  let noon = 0;
  for (let minute = 0; minute < HOURS * 60; minute++) {
    const nowMs = START + minute * 60_000;
    const readings: Readings = {
      affordable: () => Math.floor(availableIn(pot) / 20_000),
      room: () => Number.POSITIVE_INFINITY,
      creativeRoom: () => Number.POSITIVE_INFINITY,
      sequence: () => 0,
      passRate: (_item, flight) => pacer.passRate(flight, pot, nowMs),
    };
    for (due += (30_000 * day[minute]!) / whole; due >= 1; due--) {
      const request = toAdRequest(sampleRequest(), placementFacts(samplePlacement()), nowMs);
      const decision = decide(index, request, readings, seed++);
      pacer.count(decision.examined);
      for (const ad of decision.ads) expect(ledger.spend([pot], ad.priceMicros)).toBe(true);
    }
    for (let second = 0; second < 60; second++) pacer.step(() => pot, nowMs + second * 1000);
    if (minute === 12 * 60) noon = pot.ownMicros / budgetMicros;
  }
  return { noon, end: pot.ownMicros / budgetMicros };
}
