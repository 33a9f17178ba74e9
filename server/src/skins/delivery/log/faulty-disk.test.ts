import { describe, expect, it } from 'vitest';
import { diskRound } from '../testing/disk-rounds.ts';

const SEEDS = Array.from({ length: 150 }, (_, n) => n + 1);

describe('the log on a disk that fails, round by seed', () => {
  it(`keeps all it acknowledged, once, through power cuts, kills and failing calls: ${SEEDS.length} rounds`, async () => {
    const sums = { acknowledged: 0, refused: 0, torn: 0, failedStarts: 0 };
    for (const seed of SEEDS) {
      const round = await diskRound(seed);
      expect(round.faults).toEqual([]);
      for (const name of Object.keys(sums) as (keyof typeof sums)[]) sums[name] += round[name];
    }
    // Everything that the rounds are to try has happened.
    expect(sums.acknowledged).toBeGreaterThan(10_000);
    for (const many of [sums.refused, sums.torn, sums.failedStarts]) expect(many).toBeGreaterThan(10);
  });

  it('would find a log that acknowledges before the sync', async () => {
    const found: string[] = [];
    for (const seed of SEEDS.slice(0, 20)) found.push(...(await diskRound(seed, true)).faults);
    expect(found.some((fault) => fault.includes('was acknowledged and is gone'))).toBe(true);
  });
});
