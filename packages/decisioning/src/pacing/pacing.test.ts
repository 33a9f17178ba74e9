import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compileSchedule,
  dayNumber,
  endOfDay,
  isOpenMinute,
  learnCurve,
  OpenTraffic,
  PACING_MODES,
  PacePlan,
  PacingTable,
  startOfDay,
  typicalDay,
  WeekCurve,
  weekMinuteAt,
  zone,
} from '../index.ts';
import { overSeeds, SCENARIOS } from './simulated-day.fixture.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const flat = new OpenTraffic(new WeekCurve(new Float64Array(1440).fill(1)));
const typical = new OpenTraffic(new WeekCurve(typicalDay()));
const berlin = zone('Europe/Berlin');
const day = (date: string) => startOfDay(berlin, dayNumber(date));

describe('a simulated day', () => {
  it.each(SCENARIOS)('$name: within the figures it is held to', (scenario) => {
    const { overspend, utilisation, hourlyTv, deviation } = overSeeds(2, scenario, 'ours').worst;
    expect(overspend).toBe(0);
    expect(utilisation).toBeGreaterThanOrEqual(0.995);
    expect(hourlyTv).toBeLessThanOrEqual(0.06);
    expect(deviation).toBeLessThanOrEqual(0.035);
  });

  it('with less traffic than the budget needs takes nearly all there is', () => {
    const { overspend, utilisation } = overSeeds(2, { name: 'supply 0.8x', supply: 0.8 }, 'ours').worst;
    expect(overspend).toBe(0);
    expect(utilisation).toBeGreaterThanOrEqual(0.98);
  });
});

describe('PacePlan', () => {
  it('expects the traffic of a day of 23 or 25 hours, by the hours it has', () => {
    const traffic = (date: string) => {
      const n = dayNumber(date);
      const [start, end] = [startOfDay(berlin, n), endOfDay(berlin, n)];
      return new PacePlan('even', berlin, start, end, flat).trafficBetween(start, end);
    };
    expect(traffic('2026-03-28')).toBeCloseTo(1, 9);
    expect(traffic('2026-03-29')).toBeCloseTo(23 / 24, 9);
    expect(traffic('2026-10-25')).toBeCloseTo(25 / 24, 9);
  });

  it('adds up minute by minute what the wall says, in any zone, mode and schedule', () => {
    const zones = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata');
    const parts = [
      { days: [1, 2, 3, 4, 5], fromMinute: 1080, toMinute: 120 },
      { days: [7], fromMinute: 0, toMinute: 1440 },
    ];
    const schedule = compileSchedule(parts);
    const weights = typicalDay();
    const curve = new WeekCurve(weights);
    const scale = 1 / weights.reduce((sum, weight) => sum + weight, 0);
    fc.assert(
      fc.property(
        zones,
        fc.constantFrom('even' as const, 'front_loaded' as const),
        fc.boolean(),
        fc.integer({ min: 20_500 * 1440, max: 20_800 * 1440 }),
        fc.integer({ min: 1, max: 16 * 1440 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (name, mode, isParted, startMinute, length, one, other) => {
          const here = zone(name);
          const start = startMinute * MINUTE;
          const end = start + length * MINUTE;
          const traffic = new OpenTraffic(curve, isParted ? schedule : undefined);
          const plan = new PacePlan(mode, here, start, end, traffic);
          const from = start + Math.floor(Math.min(one, other) * length) * MINUTE;
          const to = start + Math.floor(Math.max(one, other) * length) * MINUTE;
          let [sum, planned] = [0, 0];
          for (let at = from; at < to; at += MINUTE) {
            const minute = weekMinuteAt(here, at);
            if (isParted && !isOpenMinute(schedule, minute)) continue;
            const weight = weights[minute % 1440]! * scale;
            sum += weight;
            planned +=
              weight * (mode === 'even' ? 1 : 1.4 - (0.8 * (at + MINUTE / 2 - start)) / (end - start));
          }
          expect(plan.trafficBetween(from, to)).toBeCloseTo(sum, 9);
          expect(plan.plannedBetween(from, to)).toBeCloseTo(planned, 9);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('spends by the expected curve, more of it early when front-loaded, and is done before the end', () => {
    const [start, end] = [day('2026-03-20'), day('2026-04-09')];
    const half = start + (end - start) / 2;
    const plan = (mode: 'even' | 'front_loaded' | 'asap') => new PacePlan(mode, berlin, start, end, flat);
    expect(plan('even').plannedShare(half)).toBeCloseTo(0.5, 2);
    // 1.4 falling to 1 over the first half: 1.2 of its half of the traffic.
    expect(plan('front_loaded').plannedShare(half)).toBeCloseTo(0.6, 2);
    expect(plan('front_loaded').weightAt(start)).toBeCloseTo(1.4, 12);
    expect(plan('front_loaded').weightAt(end + HOUR)).toBeCloseTo(0.6, 12);
    expect(plan('asap').plannedShare(start)).toBe(1);
    for (const mode of PACING_MODES) expect(plan(mode).plannedShare(end - 30 * MINUTE)).toBe(1);
    expect(plan('even').plannedShare(start - 1)).toBe(0);
    expect(plan('even').finishMs).toBe(end - 30 * MINUTE);
    expect(new PacePlan('even', berlin, start, start + HOUR, flat).finishMs).toBe(start + HOUR - 75_000);
    expect(() => new PacePlan('even', berlin, start, start, flat)).toThrow('must be after its start');
  });

  it('never goes back on its share', () => {
    const [start, end] = [day('2026-03-27'), day('2026-03-31')];
    for (const mode of PACING_MODES) {
      const plan = new PacePlan(mode, berlin, start, end, typical);
      let before = 0;
      for (let at = start - HOUR; at < end + HOUR; at += 7 * MINUTE) {
        const share = plan.plannedShare(at);
        expect(share).toBeGreaterThanOrEqual(before);
        before = share;
      }
      expect(before).toBe(1);
    }
  });
});

/** Lets a steady number of requests a minute through a plan and returns what is spent at each hour. */
function deliver(plan: PacePlan, goal: number, perMinute: (atMs: number) => number): number[] {
  const table = new PacingTable();
  const slot = table.open('flt_1', plan, plan.startMs);
  const shares: number[] = [];
  let [shown, allowed] = [0, 0];
  for (let at = plan.startMs; at < plan.endMs; at += MINUTE) {
    if ((at - plan.startMs) % HOUR === 0) shares.push(shown / goal);
    for (let n = perMinute(at); n > 0; n--) {
      table.count(slot);
      allowed += table.passRate(slot);
      if (allowed < 1 || shown >= goal) continue;
      allowed--;
      shown++;
    }
    table.step(slot, goal - shown, 1, at + MINUTE);
  }
  return [...shares, shown / goal];
}

describe('PacingTable', () => {
  it('paces an impression goal over days with a change of the clocks, along its plan', () => {
    const [start, end] = [day('2026-03-27'), day('2026-04-01')];
    const viewing = typicalDay();
    const perMinute = (at: number) => Math.round(60 * viewing[weekMinuteAt(berlin, at) % 1440]!);
    for (const mode of ['even', 'front_loaded'] as const) {
      const plan = new PacePlan(mode, berlin, start, end, typical);
      const shares = deliver(plan, 50_000, perMinute);
      expect(shares.at(-1)).toBe(1);
      shares.slice(0, -1).forEach((share, hour) => {
        expect(Math.abs(share - plan.plannedShare(start + hour * HOUR)), `${mode} ${hour} h`).toBeLessThan(
          0.02,
        );
      });
    }
  });

  it('waits for its hours where dayparts leave some, and spends in those that are left', () => {
    const evenings = compileSchedule([{ days: [1, 2, 3, 4, 5, 6, 7], fromMinute: 1200, toMinute: 1440 }]);
    const traffic = new OpenTraffic(new WeekCurve(new Float64Array(1440).fill(1)), evenings);
    const [start, end] = [day('2026-03-27'), day('2026-04-01')];
    const plan = new PacePlan('even', berlin, start, end, traffic);
    const perMinute = (at: number) => (isOpenMinute(evenings, weekMinuteAt(berlin, at)) ? 30 : 0);
    const shares = deliver(plan, 10_000, perMinute);
    expect(shares.at(-1)).toBeGreaterThan(0.995);
    // One evening of five, paced minute by minute.
    expect(Math.abs(shares[24]! - 0.2)).toBeLessThan(0.01);
    expect(shares[20]).toBe(0);
  });

  it('takes what comes when asked to, and keeps what it learned over snapshots', () => {
    const table = new PacingTable();
    const [start, end] = [day('2026-03-27'), day('2026-04-01')];
    const asap = table.open('asap', new PacePlan('asap', berlin, start, end, flat), start);
    expect(table.passRate(asap)).toBe(1);
    table.step(asap, 0, 1, start + MINUTE);
    expect(table.passRate(asap)).toBe(1);
    const plan = new PacePlan('even', berlin, start, end, flat);
    const slot = table.open('even', plan, start);
    expect(table.passRate(slot)).toBe(0.1);
    expect(table.estimate(slot)).toBeUndefined();
    for (let n = 0; n < 100; n++) table.count(slot);
    table.step(slot, 1000, 1, start + MINUTE);
    expect(table.estimate(slot)).toBeCloseTo(144_000, 4);
    const rate = table.passRate(slot);
    table.keep(new Set(['even']));
    expect(table.open('even', plan, start + MINUTE)).toBe(slot);
    expect(table.passRate(slot)).toBe(rate);
    const other = table.open('other', plan, start + MINUTE);
    expect(other).toBe(asap);
    expect(table.passRate(other)).toBe(0.1);
    for (let n = 0; n < 500; n++) table.open(`flt_${n}`, plan, start);
    expect(table.passRate(slot)).toBe(rate);
  });

  it('waits out a step too short to tell anything', () => {
    const table = new PacingTable();
    const [start, end] = [day('2026-03-27'), day('2026-04-01')];
    const slot = table.open('even', new PacePlan('even', berlin, start, end, flat), start);
    table.step(slot, 1000, 1, start + 1000);
    expect(table.passRate(slot)).toBe(0.1);
  });
});

describe('learnCurve', () => {
  it('keeps the known shape with little traffic and shows its own with much', () => {
    const prior = typicalDay();
    const counts = new Float64Array(1440);
    counts[0] = 10;
    const little = learnCurve(counts, prior, 1e6);
    const sum = prior.reduce((total, weight) => total + weight, 0);
    expect(little[1230]! / little[300]!).toBeCloseTo(prior[1230]! / prior[300]!, 6);
    counts[0] = 1e6;
    const much = learnCurve(counts, prior, 1000);
    expect(much[0]).toBeCloseTo(1e6 + (1000 * prior[0]!) / sum, 6);
    expect(Math.min(...much)).toBeGreaterThan(0);
  });

  it('refuses what is no curve', () => {
    const prior = typicalDay();
    expect(() => learnCurve(new Float64Array(24), prior, 1)).toThrow(
      'counts has 24 minutes, 1440 (a day) or 10080',
    );
    expect(() => learnCurve(new Float64Array(10_080), prior, 1)).toThrow('they must be as many');
    expect(() => learnCurve(new Float64Array(1440).fill(-1), prior, 1)).toThrow('counts[0] -1 must be');
    expect(() => learnCurve(new Float64Array(1440), prior, 0)).toThrow('trust 0 must be above 0');
    expect(() => new WeekCurve(new Float64Array(1440))).toThrow('weights must not all be 0');
    expect(() => new WeekCurve(new Float64Array(1440).fill(Number.NaN))).toThrow('weights[0] NaN');
  });
});
