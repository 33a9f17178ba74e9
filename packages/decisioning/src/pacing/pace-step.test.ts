import { describe, expect, it } from 'vitest';
import { draw, INITIAL_PACING, type PacingState, paceStep } from '../index.ts';

describe('paceStep', () => {
  it('follows the worked example step by step', () => {
    const forecast = [0.05, 0.1, 0.2, 0.3, 0.25, 0.1];
    const requests = [600, 1150, 2500, 2000];
    const spent = [8, 18, 41, 72];
    const expected = [
      [12000, 0.4035087719],
      [11950, 0.4036426286],
      [12005, 0.3780476084],
      [11471.16667, 0.3487003647],
    ];
    let state: PacingState = INITIAL_PACING;
    requests.forEach((count, minute) => {
      state = paceStep(state, {
        requests: count,
        stepShare: forecast[minute]!,
        remainingShare: forecast.slice(minute + 1).reduce((sum, share) => sum + share, 0),
        budgetMicros: 100e6,
        spentMicros: spent[minute]! * 1e6,
        priceMicros: 0.02e6,
      });
      expect(state.estimate).toBeCloseTo(expected[minute]![0]!, 4);
      expect(state.passRate).toBeCloseTo(expected[minute]![1]!, 9);
    });
  });

  it('refuses a step without traffic share', () => {
    expect(() =>
      paceStep(INITIAL_PACING, {
        requests: 1,
        stepShare: 0,
        remainingShare: 1,
        budgetMicros: 1,
        spentMicros: 0,
        priceMicros: 1,
      }),
    ).toThrow(RangeError);
  });
});

/** A day of traffic with an evening peak, in requests a minute; the budget is what `supply` times less would cost. */
function traffic(): number[] {
  const bell = (hour: number, at: number, width: number) => Math.exp(-(((hour - at) / width) ** 2));
  const shape = Array.from({ length: 1440 }, (_, minute) => {
    const hour = minute / 60;
    return 0.25 + 0.9 * bell(hour, 20.5, 2.6) + 0.35 * bell(hour, 12.5, 3) + 0.1 * bell(hour, 7.5, 1.5);
  });
  const sum = shape.reduce((total, value) => total + value, 0);
  return shape.map((value) => value / sum);
}

describe('a simulated day', () => {
  it.each([1.3, 5, 20])(
    'with %f times the traffic it needs: no overspend, full use, close to the curve',
    (supply) => {
      const forecast = traffic();
      const price = 20_000;
      const budget = 1000e6;
      const last = 1440 - 30;
      let state: PacingState = INITIAL_PACING;
      let spent = 0;
      let carry = 0;
      let deviation = 0;
      let ideal = 0;
      let key = 0;
      for (let minute = 0; minute < 1440; minute++) {
        carry += (forecast[minute]! * supply * budget) / price;
        const requests = Math.floor(carry);
        carry -= requests;
        for (let n = 0; n < requests; n++) {
          if (draw(7, key++) < state.passRate && spent + price <= budget) spent += price;
        }
        ideal += forecast[minute]!;
        if (minute < last) deviation = Math.max(deviation, Math.abs(spent / budget - ideal));
        state = paceStep(state, {
          requests,
          stepShare: forecast[minute]!,
          remainingShare: forecast.slice(minute + 1, last).reduce((sum, share) => sum + share, 0),
          budgetMicros: budget,
          spentMicros: spent,
          priceMicros: price,
        });
      }
      expect(spent).toBeLessThanOrEqual(budget);
      expect(spent / budget).toBeGreaterThanOrEqual(0.995);
      expect(deviation).toBeLessThanOrEqual(0.035);
    },
  );
});
