/**
 * What a delivery node and the bank of budgets tell each other. Every amount is a running total, so a message that
 * comes twice, late or in another order than it was sent says nothing new, and one that is lost is made good by the
 * next.
 */

/** A node asks for money. Amounts are in the unit of the pot. */
export interface LeaseAsk {
  readonly key: string;
  /** All that the node knows it was ever granted: a second ask with the same total is the same ask. */
  readonly granted: number;
  /** All that it ever gave back. */
  readonly returned: number;
  /** What it could still promise. */
  readonly held: number;
  /** What one impression takes. */
  readonly price: number;
}

export interface LeaseRequest {
  readonly nodeId: string;
  /** Life of the node, as the bank told it when it opened: what an earlier life sent is not listened to. */
  readonly epoch: number;
  readonly asks: readonly LeaseAsk[];
}

export interface LeaseGrant {
  readonly key: string;
  /** All that the node was ever granted. */
  readonly granted: number;
  /** The size of a lease now: what a node holds beyond it goes back. */
  readonly size: number;
  /** Until when it may promise out of it, UTC ms by the bank's clock. */
  readonly expiresAtMs: number;
}

export interface LeaseAnswer {
  /** Another one than the node's: its life is over, it must open again. */
  readonly epoch: number;
  readonly grants: readonly LeaseGrant[];
  /** How many nodes share the budgets now: the K of the size of a lease. */
  readonly nodes: number;
}

export interface LeaseReturns {
  readonly nodeId: string;
  readonly epoch: number;
  readonly returns: readonly { readonly key: string; readonly returned: number }[];
}

/** A node begins a life: what it had is settled first. */
export interface NodeOpening {
  readonly nodeId: string;
  /** The life that ends, 0 for none: what {@link LeaseSource.epochOf} answered before `pots` was added up. */
  readonly closes: number;
  /** All that the node ever spent of its leases, from its durable log. A pot that is missing was not spent from. */
  readonly pots: readonly {
    readonly key: string;
    readonly spent: number;
    /** Promises it took over from before and will settle. */
    readonly held: number;
  }[];
}

export interface NodeOpened {
  readonly epoch: number;
  /** Every pot the node was ever granted of: `granted - returned` is what it spent and holds. */
  readonly pots: readonly { readonly key: string; readonly granted: number; readonly returned: number }[];
}

/** The bank, as a node sees it: in the same process now, over the network later. */
export interface LeaseSource {
  epochOf(nodeId: string): Promise<number>;
  open(opening: NodeOpening): Promise<NodeOpened>;
  request(request: LeaseRequest): Promise<LeaseAnswer>;
  /** Resolves with the epoch once the bank has taken it in. */
  giveBack(returns: LeaseReturns): Promise<{ readonly epoch: number }>;
}
