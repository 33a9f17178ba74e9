import { describe, expect, it } from 'vitest';
import { clockRound, STEP_MS } from './testing/clock-rounds.ts';
import { newEngine, openLog, sealed } from './testing/open-engine.ts';
import { sampleRequest, sampleSnapshot } from './testing/sample-snapshot.ts';
import { takeSnapshot } from './testing/take-snapshot.ts';

const SEEDS = Array.from({ length: 40 }, (_, n) => n + 1);

describe('a clock that steps by up to an hour, round by seed', () => {
  it(`neither overspends nor keeps a promise for good nor loses an event: ${SEEDS.length} rounds`, async () => {
    const sums = { shown: 0, steps: 0, restarts: 0 };
    for (const seed of SEEDS) {
      const round = await clockRound(seed);
      expect(round.faults).toEqual([]);
      for (const name of Object.keys(sums) as (keyof typeof sums)[]) sums[name] += round[name];
    }
    expect(sums.shown).toBeGreaterThan(500);
    for (const many of [sums.steps, sums.restarts]) expect(many).toBeGreaterThan(100);
  });
});

describe('a clock that is set back to a second it has been at', () => {
  it('gives back what is promised in it the second time, too', async () => {
    let nowMs = Date.UTC(2026, 9, 24, 12);
    const { log, remove } = await openLog({ nowMs: () => nowMs });
    const engine = newEngine(log, { nowMs: () => nowMs });
    await takeSnapshot(engine, sealed(sampleSnapshot()));
    const promised = () => engine.counters.ledger.pot('li_1').reservedMicros;
    nowMs += STEP_MS;
    const ahead = nowMs;
    engine.decide(sampleRequest(), nowMs, null);
    nowMs += 900_000;
    engine.tick();
    expect(promised()).toBe(0);
    nowMs = ahead;
    engine.decide(sampleRequest(), nowMs, null);
    expect(promised()).toBe(20_000);
    nowMs += 900_000;
    engine.tick();
    expect(promised()).toBe(0);
    await remove();
  });
});
