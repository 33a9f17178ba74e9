import { describe, expect, it } from 'vitest';
import type { Ingester, IngesterState } from './ingester.ts';
import { ingesterGroup } from './ingester-group.ts';

function standing(state: Partial<IngesterState>): Ingester {
  const whole = { freshAt: null, failure: null, nodeId: null, duplicates: 0, ...state } as IngesterState;
  return { start: () => {}, state: () => whole, ingestNow: async () => whole, stop: async () => {} };
}
const at = (seconds: number) => new Date(Date.UTC(2026, 10, 30, 10, 0, seconds));
const failing = (failures: number) => ({
  kind: 'unavailable' as const,
  message: `${failures} times`,
  failures,
});

describe('ingesters of several nodes', () => {
  it('are as fresh as the one that is furthest behind', () => {
    const group = ingesterGroup([
      standing({ freshAt: at(9) }),
      standing({ freshAt: at(3) }),
      standing({ freshAt: at(5) }),
    ]);
    expect(group.state().freshAt).toEqual(at(3));
  });

  it('are not known to be fresh while one of them is not', () => {
    expect(ingesterGroup([standing({ freshAt: at(9) }), standing({})]).state().freshAt).toBeNull();
    expect(ingesterGroup([standing({}), standing({ freshAt: at(9) })]).state().freshAt).toBeNull();
    expect(ingesterGroup([]).state().freshAt).toBeNull();
  });

  it('show the failure that has lasted longest, and all repetitions', () => {
    const group = ingesterGroup([
      standing({ duplicates: 2, nodeId: 'one' }),
      standing({ failure: failing(7), duplicates: 3 }),
      standing({ failure: failing(4) }),
    ]);
    expect(group.state()).toMatchObject({ failure: { failures: 7 }, duplicates: 5 });
    expect(group.nodeIds()).toEqual(['one', null, null]);
  });
});
