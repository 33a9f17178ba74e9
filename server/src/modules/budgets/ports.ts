import type { LogPosition } from '../../kernel/delivery-protocol.ts';
import type { TransactionContext, Tx } from '../../kernel/unit-of-work.ts';
import type { PotTermsBook } from './domain/pot-terms.ts';

export interface BankDatabase {
  withTransaction<T>(
    context: TransactionContext & { isolation?: 'repeatable read' },
    work: (tx: Tx) => Promise<T>,
  ): Promise<T>;
}

interface Spend {
  lineItemId: string;
  flightId: string;
  micros: number;
  impressions: number;
}

/** What was counted of nodes' spend. Answered by the events module, in the caller's transaction (role lender). */
export interface CountedSpend {
  spendByNode(tx: Tx, lineItemIds: readonly string[]): Promise<(Spend & { node: string })[]>;
  spendOfNode(tx: Tx, node: string): Promise<{ through: LogPosition; spend: Spend[] }>;
  /** Whoever spent it: history that no node wrote as well. */
  spendInAll(tx: Tx, lineItemIds: readonly string[]): Promise<Spend[]>;
  flightSpendBetween(
    tx: Tx,
    flight: { accountId: string; campaignId: string; flightId: string },
    from: Date,
    to: Date,
  ): Promise<Map<string, number>>;
}

export interface BankPorts {
  readonly database: BankDatabase;
  /** What the snapshot in use allows; null while there is none. */
  readonly terms: () => PotTermsBook | null;
  readonly spend: CountedSpend;
  readonly nowMs: () => number;
  /** How long a lease lasts, ms. */
  readonly leaseMs: number;
  /** How long a promise made under a lease may still become spend, ms. */
  readonly reservationMs: number;
}
