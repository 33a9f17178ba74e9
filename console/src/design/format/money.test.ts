import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moneyAxis, moneyParts, moneyShort, moneyText, parseMoney } from './money.ts';

describe('money', () => {
  it('sets the digits after the minor unit apart and drops none', () => {
    expect(moneyParts(21_406_118_300, 'USD')).toEqual({
      sign: '',
      symbol: '$',
      head: '21,406.11',
      tail: '8300',
    });
    expect(moneyText(-75_000, 'EUR')).toBe('\u2212€0.075000');
  });
  it('follows the minor unit of the currency', () => {
    expect(moneyParts(1_234_000_001, 'JPY')).toEqual({
      sign: '',
      symbol: '¥',
      head: '1,234',
      tail: '.000001',
    });
    expect(moneyText(1_500_000, 'CHF')).toBe('CHF\u00a01.500000');
  });
  it('shortens only what is zero', () => {
    expect(moneyShort(240_000_000_000, 'USD')).toBe('$240,000');
    expect(moneyShort(24_100_000, 'USD')).toBe('$24.10');
    expect(moneyShort(75_000, 'USD')).toBe('$0.075');
    expect(moneyShort(1, 'USD')).toBe('$0.000001');
    expect(moneyShort(5_000_000_000, 'JPY')).toBe('¥5,000');
  });
  it('never guesses at an amount that is no safe integer', () => {
    expect(() => moneyText(0.5, 'USD')).toThrow('0.5');
    expect(() => moneyText(2 ** 53, 'USD')).toThrow(RangeError);
  });
  it('labels axes', () => {
    expect([0, 60e9, 1_250_000e6, 2.5e6].map((micros) => moneyAxis(micros, 'USD'))).toEqual([
      '$0',
      '$60k',
      '$1.25m',
      '$2.5',
    ]);
  });
  it('reads what people type and refuses the rest', () => {
    expect(parseMoney('1,000.50')).toBe(1_000_500_000);
    expect(parseMoney(' $0.075 ')).toBe(75_000);
    expect(parseMoney('.5')).toBe(500_000);
    for (const text of ['', '.', 'ten', '1.2345678', '-5', '1.2.3', '1e3', '12345678901']) {
      expect(parseMoney(text), text).toBeNull();
    }
  });
  it('reads back every amount that it writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999_999_999_999 }), (micros) => {
        expect(parseMoney(moneyText(micros, 'USD'))).toBe(micros);
        expect(parseMoney(moneyShort(micros, 'USD'))).toBe(micros);
      }),
    );
  });
});
