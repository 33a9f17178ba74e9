import type { DecisionRecord, LineItemState } from '../../../kernel/delivery-protocol.ts';
import { type DeliveryNode, DeliveryUnavailableError, type TimelineNode } from '../ports.ts';

type Node = DeliveryNode & TimelineNode;

/**
 * Several delivery nodes as one. What lies in one node's log is looked for in all; while a node is away, what the others hold
 * is answered, and only what nobody has is not known for certain: then it throws DeliveryUnavailableError.
 */
export function severalNodes(nodes: readonly Node[]): Node {
  const [only] = nodes;
  if (nodes.length === 1) return only!;

  async function all<T>(ask: (node: Node) => Promise<T>): Promise<{ answers: T[]; away: unknown }> {
    const asked = await Promise.allSettled(nodes.map(ask));
    const answers: T[] = [];
    let away: unknown;
    for (const one of asked) {
      if (one.status === 'fulfilled') answers.push(one.value);
      else if (one.reason instanceof DeliveryUnavailableError) away = one.reason;
      else throw one.reason;
    }
    if (answers.length === 0) throw away ?? new DeliveryUnavailableError('There is no delivery node.');
    return { answers, away };
  }

  /** The first that has something. */
  async function any<T>(ask: (node: Node) => Promise<T | null>): Promise<T | null> {
    const { answers, away } = await all(ask);
    const found = answers.find((answer) => answer !== null) ?? null;
    if (found === null && away !== undefined) throw away;
    return found;
  }

  return {
    decision: (account, id) => any((node) => node.decision(account, id)),
    // Events that other nodes were told of are among what has been ingested.
    timeline: (account, id) => any((node) => node.timeline(account, id)),
    async decisions(account, limit, outcome) {
      const { answers } = await all((node) => node.decisions(account, limit, outcome));
      return answers.flat().sort(newestFirst).slice(0, limit);
    },
    // Each node counts caps and reservations for itself: a preview is what one of them would answer.
    readings: async (account, identity, atMs) =>
      (await all((node) => node.readings(account, identity, atMs))).answers[0]!,
    async lineItem(account, id) {
      const { answers } = await all((node) => node.lineItem(account, id));
      return together(answers.filter((state) => state !== null));
    },
  };
}

const newestFirst = (left: DecisionRecord, right: DecisionRecord): number =>
  left.at < right.at ? 1 : left.at > right.at ? -1 : 0;

/** Spend is of all nodes wherever it is read; what each has promised is its own. */
function together(states: readonly LineItemState[]): LineItemState | null {
  const [first, ...others] = states;
  if (first === undefined) return null;
  const reservedMicros = states.reduce((sum, state) => sum + state.reservedMicros, 0);
  const elsewhere = others.reduce((sum, state) => sum + state.reservedMicros, 0);
  return {
    spentMicros: Math.max(...states.map(({ spentMicros }) => spentMicros)),
    reservedMicros,
    availableMicros: first.availableMicros === null ? null : Math.max(0, first.availableMicros - elsewhere),
    passRate: states.reduce((sum, { passRate }) => sum + passRate, 0) / states.length,
  };
}
