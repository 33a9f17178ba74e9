import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Arrears } from './arrears.ts';
import { EVERYTHING, ExposuresElsewhere } from './elsewhere.ts';
import { entryText, readEntry, type SharedExposure, untilOf } from './entries.ts';

const AT = Date.parse('2026-03-14T06:00:00Z');
const HOUR = 3_600_000;
const exposure = (over: Partial<SharedExposure> = {}): SharedExposure => ({
  ad: 'dec_t9wk3000112233445566778899',
  isShown: true,
  atMs: AT,
  untilMs: untilOf(AT, HOUR),
  writer: '0a1b2c3d',
  scopes: [0xffff_ffff, 1, 77, 0x8000_0000],
  ...over,
});

it('reads what it writes, in less than 64 characters', () => {
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.integer({ min: 0, max: 4_000_000_000_000 }),
      fc.integer({ min: 0, max: 400 * 86_400 }),
      fc.array(fc.integer({ min: 0, max: 0xffff_ffff }), { maxLength: 4 }),
      (isShown, atMs, seconds, scopes) => {
        const one = exposure({ isShown, atMs, untilMs: atMs + seconds * 1000, scopes });
        const text = entryText(one);
        expect(text.length).toBeLessThan(64);
        expect(readEntry(one.ad, text)).toEqual(one);
      },
    ),
  );
  expect(readEntry('x', 'nonsense')).toBeNull();
});

it('counts what a node with another clock wrote until it is certainly over', () => {
  const seen = new ExposuresElsewhere(
    [exposure({ scopes: [7] }), exposure({ ad: 'dec_2', isShown: false, scopes: [7, 8] })],
    10 * 60_000,
  );
  expect(seen.count(7, HOUR, AT)).toBe(2);
  expect(seen.count(8, HOUR, AT)).toBe(1);
  expect(seen.count(9, HOUR, AT)).toBe(0);
  // A promise lasts as long as promises do, whatever the window.
  expect(seen.count(7, HOUR, AT + 10 * 60_000 + 999)).toBe(2);
  expect(seen.count(7, HOUR, AT + 10 * 60_000 + 1000)).toBe(1);
  expect(seen.count(7, HOUR, AT + HOUR + 999)).toBe(1);
  expect(seen.count(7, HOUR, AT + HOUR + 1000)).toBe(0);
  expect(seen.count(7, Number.POSITIVE_INFINITY, AT + 1e12)).toBe(1);
  expect(EVERYTHING.count(7, HOUR, AT)).toBe(Number.POSITIVE_INFINITY);
});

it('owes no more than it may, and forgets the oldest viewer first', () => {
  const arrears = new Arrears(3);
  arrears.add('a', [exposure({ ad: '1' }), exposure({ ad: '2' })]);
  arrears.add('b', [exposure({ ad: '3' })]);
  // The promise of an ad that was seen says nothing new.
  arrears.add('b', [exposure({ ad: '3', isShown: false })]);
  expect([arrears.size, arrears.forgotten]).toEqual([3, 0]);
  arrears.add('c', [exposure({ ad: '4' })]);
  expect([arrears.size, arrears.forgotten]).toEqual([2, 2]);
  expect(arrears.viewers()).toEqual(['b', 'c']);
  expect(arrears.take('b')).toEqual([exposure({ ad: '3' })]);
  expect(arrears.take('b')).toBeUndefined();
  expect(arrears.size).toBe(1);
});
