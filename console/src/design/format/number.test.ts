import { describe, expect, it } from 'vitest';
import { bytes, count, countAxis, percent, seconds } from './number.ts';

describe('numbers', () => {
  it('groups, shortens for axes, and keeps the precision of specifications', () => {
    expect(count(1_184_902)).toBe('1,184,902');
    expect([0, 950, 94_000, 1_184_902].map(countAxis)).toEqual(['0', '950', '94k', '1.18m']);
    expect(percent(0.8423)).toBe('84.2\u00a0%');
    expect(percent(1, 0)).toBe('100\u00a0%');
    expect([999, 1500, 57_000_000, 2.5e9].map(bytes)).toEqual(['999 B', '1.5 kB', '57.0 MB', '2.5 GB']);
    expect(seconds(30_040)).toBe('30.040 s');
  });
});
