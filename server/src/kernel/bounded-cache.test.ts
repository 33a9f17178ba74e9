import { describe, expect, it } from 'vitest';
import { BoundedCache } from './bounded-cache.ts';

describe('BoundedCache', () => {
  it('never holds more than two generations, whatever comes', () => {
    const cache = new BoundedCache<string, number>(100);
    for (let index = 0; index < 10_000; index++) {
      cache.set(`a key of some length ${index}`, index);
      expect(cache.size).toBeLessThanOrEqual(200);
    }
    expect(cache.get('a key of some length 9999')).toBe(9999);
    expect(cache.get('a key of some length 0')).toBeUndefined();
  });

  it('keeps what is asked for through a flood', () => {
    const cache = new BoundedCache<string, string>(50);
    cache.set('television', 'ctv');
    for (let index = 0; index < 1000; index++) {
      cache.set(`stranger ${index}`, 'x');
      if (index % 20 === 0) expect(cache.get('television')).toBe('ctv');
    }
  });

  it('tells null and 0 from absent, and keeps odd keys apart', () => {
    const cache = new BoundedCache<string, number | null>(10);
    cache.set('null', null);
    cache.set('zero', 0);
    cache.set('__proto__', 1);
    expect([cache.get('null'), cache.get('zero'), cache.get('__proto__'), cache.get('constructor')]).toEqual([
      null,
      0,
      1,
      undefined,
    ]);
  });
});
