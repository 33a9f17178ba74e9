import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canMove } from './campaign-status.ts';
import { expectedSpendMicros } from './even-pacing.ts';

const now = new Date('2026-11-21T09:00:00Z');
const later = new Date('2026-12-21T09:00:00Z');

describe('campaign status', () => {
  it('starts, pauses, completes and reopens', () => {
    expect(canMove('draft', 'active', now, later)).toEqual({ ok: true });
    expect(canMove('active', 'paused', now, later)).toEqual({ ok: true });
    expect(canMove('completed', 'active', now, later)).toEqual({ ok: true });
  });
  it('says what is allowed instead', () => {
    expect(canMove('draft', 'paused', now, later)).toEqual({
      ok: false,
      why: 'A campaign that is draft cannot become paused; it may become active.',
    });
  });
  it('does not start what has ended', () => {
    expect(canMove('paused', 'active', later, now)).toMatchObject({ ok: false });
  });
});

describe('even pacing', () => {
  const micros = fc.integer({ min: 1, max: 9_000_000_000_000_000 });
  it('runs from 0 to the budget and never back', () => {
    fc.assert(
      fc.property(micros, fc.nat(10_000), fc.nat(10_000), (budgetMicros, a, b) => {
        const window = { startAt: now, endAt: later, budgetMicros };
        const at = (n: number) => new Date(now.getTime() + ((later.getTime() - now.getTime()) * n) / 10_000);
        const [first, second] = a < b ? [a, b] : [b, a];
        expect(expectedSpendMicros([window], at(first))).toBeLessThanOrEqual(
          expectedSpendMicros([window], at(second)),
        );
        expect(expectedSpendMicros([window], now)).toBe(0);
        expect(expectedSpendMicros([window], new Date(later.getTime() + 1))).toBe(budgetMicros);
      }),
    );
  });
});
