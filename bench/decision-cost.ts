import { buildIndex, decide } from '@cuepoint/decisioning';
import { benchSnapshot } from './world.ts';

export interface DecisionCost {
  readonly lineItems: number;
  readonly buildIndexMs: number;
  readonly decideMicroseconds: number;
}

/** The pure decision alone, one thread: cost by number of line items. */
export function decisionCost(sizes: readonly number[]): DecisionCost[] {
  return sizes.map((lineItems) => {
    const snapshot = benchSnapshot(lineItems);
    const builtAt = performance.now();
    const index = buildIndex(snapshot);
    const buildIndexMs = performance.now() - builtAt;
    const readings = { availableMicros: () => Number.POSITIVE_INFINITY, passRate: () => 1 };
    const request = {
      accountId: 'acc_1',
      placementId: 'plc_1',
      minDurationMs: 5_000,
      maxDurationMs: 30_000,
      country: 'DE',
      device: 'ctv',
      atMs: Date.parse('2026-01-01T00:00:00Z'),
    };
    const lengths = [15_000, 30_000, 60_000];
    let served = 0;
    const turn = (count: number) => {
      for (let seed = 0; seed < count; seed++) {
        const answer = decide(index, { ...request, maxDurationMs: lengths[seed % 3]! }, readings, seed);
        if (answer.outcome.kind === 'ad') served++;
      }
    };
    turn(50_000);
    const startedAt = performance.now();
    turn(200_000);
    const decideMicroseconds = ((performance.now() - startedAt) * 1000) / 200_000;
    if (served !== 250_000) throw new Error(`only ${served} of 250000 decisions found an ad`);
    return { lineItems, buildIndexMs, decideMicroseconds };
  });
}
