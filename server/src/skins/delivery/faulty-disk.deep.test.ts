import { describe, expect, it } from 'vitest';
import { clockRound } from './testing/clock-rounds.ts';
import { diskRound } from './testing/disk-rounds.ts';

// The quick lane has the first ones.
const seeds = (from: number, count: number) => Array.from({ length: count }, (_, n) => from + n);

describe('many seeds of a node whose disk or clock fails', () => {
  it('1,000 logs keep all they acknowledged, once', async () => {
    const faults: string[] = [];
    for (const seed of seeds(1000, 1000)) faults.push(...(await diskRound(seed)).faults);
    expect(faults).toEqual([]);
  });

  it('200 clocks that step neither overspend nor keep a promise for good', async () => {
    const faults: string[] = [];
    for (const seed of seeds(1000, 200)) faults.push(...(await clockRound(seed)).faults);
    expect(faults).toEqual([]);
  });
});
