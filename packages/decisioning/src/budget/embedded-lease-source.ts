import type { EscrowBank } from './escrow-bank.ts';
import type {
  LeaseAnswer,
  LeaseRequest,
  LeaseReturns,
  LeaseSource,
  NodeOpened,
  NodeOpening,
} from './lease-protocol.ts';

/**
 * The bank in the same process.
 *
 * @param nowMs the clock of the bank
 * @param store keeps the state of the bank; an answer leaves after it has resolved
 */
export function embeddedLeaseSource(
  bank: EscrowBank,
  nowMs: () => number,
  store: () => Promise<void>,
): LeaseSource {
  return {
    epochOf: async (nodeId: string): Promise<number> => bank.epochOf(nodeId),
    async open(opening: NodeOpening): Promise<NodeOpened> {
      const opened = bank.open(opening);
      await store();
      return opened;
    },
    async request(request: LeaseRequest): Promise<LeaseAnswer> {
      const answer = bank.request(request, nowMs());
      await store();
      return answer;
    },
    async giveBack(returns: LeaseReturns): Promise<{ epoch: number }> {
      const taken = bank.giveBack(returns);
      await store();
      return taken;
    },
  };
}
