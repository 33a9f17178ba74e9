import { describe, expect, it } from 'vitest';
import type { DecisionRecord, LineItemState } from '../../../kernel/delivery-protocol.ts';
import { type DeliveryNode, DeliveryUnavailableError, type TimelineNode } from '../ports.ts';
import { severalNodes } from './several-nodes.ts';

type Node = DeliveryNode & TimelineNode;

const record = (decisionId: string, at: string) => ({ decisionId, at }) as DecisionRecord;

function node(records: readonly DecisionRecord[], state: LineItemState | null = null): Node {
  return {
    decision: async (_account, id) => records.find(({ decisionId }) => decisionId === id) ?? null,
    decisions: async (_account, limit) => records.slice(0, limit),
    readings: async () => ({ snapshotHash: 'h', readings: [] }),
    lineItem: async () => state,
    timeline: async () => null,
  };
}

const away = (): Node => {
  const gone = async () => {
    throw new DeliveryUnavailableError('away');
  };
  return { decision: gone, decisions: gone, readings: gone, lineItem: gone, timeline: gone };
};

const one = node([record('d3', '2026-11-30T10:00:03.000Z'), record('d1', '2026-11-30T10:00:01.000Z')]);
const two = node([record('d2', '2026-11-30T10:00:02.000Z')]);

describe('several nodes as one', () => {
  it('finds a decision wherever it was made', async () => {
    const nodes = severalNodes([one, two]);
    expect(await nodes.decision('acc_1', 'd2')).toMatchObject({ decisionId: 'd2' });
    expect(await nodes.decision('acc_1', 'd9')).toBeNull();
  });

  it('lists the newest of all', async () => {
    const found = await severalNodes([one, two]).decisions('acc_1', 2, 'all');
    expect(found.map(({ decisionId }) => decisionId)).toEqual(['d3', 'd2']);
  });

  it('answers what the others hold while one is away, and does not say that there is nothing', async () => {
    const nodes = severalNodes([one, away()]);
    expect(await nodes.decision('acc_1', 'd1')).toMatchObject({ decisionId: 'd1' });
    expect(await nodes.decisions('acc_1', 5, 'all')).toHaveLength(2);
    await expect(nodes.decision('acc_1', 'd2')).rejects.toThrow(DeliveryUnavailableError);
    await expect(severalNodes([away(), away()]).decisions('acc_1', 5, 'all')).rejects.toThrow('away');
  });

  it('adds up what nodes have promised of a shared budget', async () => {
    const states = [
      { spentMicros: 100, reservedMicros: 10, availableMicros: 890, passRate: 1 },
      { spentMicros: 100, reservedMicros: 30, availableMicros: 870, passRate: 0.5 },
    ];
    const nodes = severalNodes([...states.map((state) => node([], state)), node([])]);
    expect(await nodes.lineItem('acc_1', 'li_1')).toEqual({
      spentMicros: 100,
      reservedMicros: 40,
      availableMicros: 860,
      passRate: 0.75,
    });
    expect(await severalNodes([node([]), node([])]).lineItem('acc_1', 'li_1')).toBeNull();
  });
});
