import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMicros, readMicros } from './decimal.ts';
import { formatOffset, formatTime, offsetToMs, readOffset, readTime } from './time.ts';

describe('times', () => {
  it('are written as xs:time, with milliseconds only when there are any', () => {
    expect(formatTime(30_000)).toBe('00:00:30');
    expect(formatTime(30_040)).toBe('00:00:30.040');
    expect(formatTime(3_723_004)).toBe('01:02:03.004');
  });

  it('come back unchanged', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 86_399_999 }), (ms) => readTime(formatTime(ms)) === ms));
  });

  it.each(['30', '0:00:30', '00:00:60', '00:61:00', '24:00:00', '00:00:30,5', '00:00:30.', ''])(
    'refuses %j',
    (text) => {
      expect(readTime(text)).toBeUndefined();
    },
  );

  it.each([-1, 1.5, 86_400_000, Number.NaN])('cannot write %d', (ms) => {
    expect(() => formatTime(ms)).toThrow(RangeError);
  });

  it('may be shares of the ad', () => {
    expect(readOffset('25%')).toEqual({ percent: 25 });
    expect(readOffset('101%')).toBeUndefined();
    expect(formatOffset({ percent: 12.5 })).toBe('12.5%');
    expect(() => formatOffset({ percent: 120 })).toThrow('from 0 to 100');
    expect(offsetToMs({ percent: 25 }, 30_000)).toBe(7_500);
    expect(offsetToMs({ ms: 5_000 }, 30_000)).toBe(5_000);
  });
});

describe('amounts', () => {
  it('are exact in micros', () => {
    expect(readMicros('25.00')).toBe(25_000_000);
    expect(readMicros('0.075')).toBe(75_000);
    expect(readMicros('0.0000001')).toBeUndefined();
    expect(readMicros('1e3')).toBeUndefined();
    expect(formatMicros(75_000)).toBe('0.075');
    expect(formatMicros(25_000_000)).toBe('25.00');
    expect(() => formatMicros(1.5)).toThrow(RangeError);
  });

  it('come back unchanged', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10 ** 15 - 1 }),
        (micros) => readMicros(formatMicros(micros)) === micros,
      ),
    );
  });
});
