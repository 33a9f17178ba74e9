import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mulberry32 } from '../frequency/frequency.fixture.ts';
import {
  checkShare,
  type GuaranteedContract,
  pickGuaranteed,
  pickShare,
  planGuaranteed,
  type SupplyNode,
  WHOLE_SHARE,
} from '../index.ts';
import { beyondChance } from '../shares.fixture.ts';

const nodesOf = (supply: Record<string, number>): SupplyNode[] =>
  Object.entries(supply).map(([id, amount]) => ({ id, supply: amount }));

describe('planGuaranteed', () => {
  it('delivers every contract when the supply is there', () => {
    const { contracts, remaining } = planGuaranteed(nodesOf({ sports: 1000, news: 800, drama: 1200 }), [
      { id: 'c3', eligible: ['sports', 'news', 'drama'], demand: 1000 },
      { id: 'c1', eligible: ['sports'], demand: 400 },
      { id: 'c2', eligible: ['sports', 'news'], demand: 900 },
    ]);
    expect(contracts).toEqual([
      { id: 'c1', alpha: 0.4, delivered: 400, shortfall: 0 },
      { id: 'c2', alpha: 0.5, delivered: 900, shortfall: 0 },
      { id: 'c3', alpha: 0.45, delivered: 1000, shortfall: 0 },
    ]);
    expect([...remaining]).toEqual([
      ['sports', 0],
      ['news', 40],
      ['drama', 660],
    ]);
  });

  it('gives all there is and says what is short when it is not', () => {
    const { contracts, remaining } = planGuaranteed(nodesOf({ u1: 500, u2: 500, u3: 300 }), [
      { id: 'x', eligible: ['u1', 'u2'], demand: 700 },
      { id: 'y', eligible: ['u2', 'u3'], demand: 600 },
      { id: 'z', eligible: ['u1', 'u2', 'u3'], demand: 200 },
    ]);
    expect(contracts).toEqual([
      { id: 'y', alpha: 0.75, delivered: 600, shortfall: 0 },
      { id: 'x', alpha: 1, delivered: 625, shortfall: 75 },
      { id: 'z', alpha: 1, delivered: 75, shortfall: 125 },
    ]);
    expect([...remaining.values()]).toEqual([0, 0, 0]);
  });

  const anyWorld = fc.record({
    supply: fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 6 }),
    contracts: fc.array(
      fc.record({ nodes: fc.array(fc.nat(5), { maxLength: 6 }), demand: fc.integer({ min: 0, max: 1500 }) }),
      { maxLength: 6 },
    ),
  });
  const worldOf = ({
    supply,
    contracts,
  }: {
    supply: number[];
    contracts: { nodes: number[]; demand: number }[];
  }) => ({
    nodes: supply.map((amount, n) => ({ id: `n${n}`, supply: amount })),
    contracts: contracts.map(({ nodes, demand }, n): GuaranteedContract => {
      const eligible = nodes.filter((node) => node < supply.length).map((node) => `n${node}`);
      return { id: `c${n}`, eligible, demand };
    }),
  });

  it('never takes more than a node has, nor more than a contract wants, and leaves nothing it could use', () => {
    fc.assert(
      fc.property(anyWorld, (world) => {
        const { nodes, contracts } = worldOf(world);
        const plan = planGuaranteed(nodes, contracts);
        const supply = new Map(nodes.map((node) => [node.id, node.supply]));
        let taken = 0;
        for (const [id, left] of plan.remaining) {
          expect(left).toBeGreaterThanOrEqual(-1e-9);
          expect(left).toBeLessThanOrEqual(supply.get(id)!);
          taken += supply.get(id)! - left;
        }
        let delivered = 0;
        for (const { id, alpha, delivered: own, shortfall } of plan.contracts) {
          const { demand, eligible } = contracts.find((one) => one.id === id)!;
          expect(alpha).toBeGreaterThanOrEqual(0);
          expect(alpha).toBeLessThanOrEqual(1);
          expect(own + shortfall).toBeCloseTo(demand, 6);
          // Short only where its supply is used up.
          if (shortfall > 0) for (const node of eligible) expect(plan.remaining.get(node)).toBeCloseTo(0, 6);
          delivered += own;
        }
        expect(delivered).toBeCloseTo(taken, 6);
      }),
    );
  });

  it('delivers by draw what it planned', () => {
    const nodes = nodesOf({ u1: 40_000, u2: 60_000 });
    const { contracts } = planGuaranteed(nodes, [
      { id: 'a', eligible: ['u1'], demand: 16_000 },
      { id: 'b', eligible: ['u1', 'u2'], demand: 80_000 },
    ]);
    const alphas = Float64Array.from(contracts, ({ alpha }) => alpha);
    const random = mulberry32(4);
    const served = [0, 0, 0];
    for (let n = 0; n < 40_000; n++) served[pickGuaranteed(alphas, Int32Array.of(0, 1), 2, random()) + 1]!++;
    for (let n = 0; n < 60_000; n++) {
      const index = pickGuaranteed(alphas, Int32Array.of(1), 1, random());
      served[index < 0 ? 0 : 2]!++;
    }
    expect(beyondChance(served[1]!, 40_000, 16_000 / 40_000)).toBeLessThan(1);
    expect(beyondChance(served[2]!, 100_000, 80_000 / 100_000)).toBeLessThan(1);
  });

  it('refuses what is no plan, naming it', () => {
    const nodes = nodesOf({ u1: 1 });
    const contract = { id: 'c', eligible: ['u1'], demand: 1 };
    expect(() => planGuaranteed(nodesOf({ u1: -1 }), [])).toThrow("supply of node 'u1' is -1");
    expect(() => planGuaranteed([...nodes, ...nodes], [])).toThrow("node 'u1' comes twice");
    expect(() => planGuaranteed(nodes, [contract, contract])).toThrow("contract 'c' comes twice");
    expect(() => planGuaranteed(nodes, [{ ...contract, eligible: ['u2'] }])).toThrow(
      "contract 'c' names node 'u2', which is not known",
    );
    expect(() => planGuaranteed(nodes, [{ ...contract, demand: Number.NaN }])).toThrow('demand of contract');
  });
});

/** How many of so many evenly spaced draws each gets; the last number is nobody's. */
function countShares(shares: number[], eligible: number[], draws: number): number[] {
  const counts = new Array<number>(eligible.length + 1).fill(0);
  const slots = Int32Array.from(eligible);
  for (let n = 0; n < draws; n++) {
    const index = pickShare(Uint32Array.from(shares), slots, eligible.length, (n + 0.5) / draws);
    counts[index < 0 ? eligible.length : index]!++;
  }
  return counts;
}

describe('pickShare', () => {
  const shares = [250_000, 400_000, 100_000, 600_000];

  it('gives each exactly its share of the requests it is eligible for, whoever else is', () => {
    expect(countShares(shares, [0, 1, 2], 1000)).toEqual([250, 400, 100, 250]);
    expect(countShares(shares, [1], 1000)).toEqual([400, 600]);
    expect(countShares(shares, [2, 0], 1000)).toEqual([100, 250, 650]);
    expect(countShares(shares, [], 1000)).toEqual([1000]);
  });

  it('cuts in proportion what was sold beyond the whole, and leaves nothing over', () => {
    expect(countShares(shares, [0, 1, 3], 1250)).toEqual([250, 400, 600, 0]);
  });

  it('is exact for any shares and any of them eligible', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 }),
        fc.func(fc.boolean()),
        (hundredths, isEligible) => {
          const all = hundredths.map((share) => share * 10_000);
          const eligible = all.map((_, slot) => slot).filter((slot) => isEligible(slot));
          const sold = eligible.reduce((sum, slot) => sum + hundredths[slot]!, 0);
          const counts = countShares(all, eligible, Math.max(100, sold));
          expect(counts.slice(0, -1)).toEqual(eligible.map((slot) => hundredths[slot]));
          expect(counts.at(-1)).toBe(Math.max(0, 100 - sold));
        },
      ),
    );
  });

  it('takes shares in whole millionths', () => {
    checkShare('share', WHOLE_SHARE);
    for (const share of [0, 0.5, WHOLE_SHARE + 1, Number.NaN])
      expect(() => checkShare('share', share)).toThrow(
        `share ${share} must be a whole number of millionths from 1 to 1000000`,
      );
  });
});
