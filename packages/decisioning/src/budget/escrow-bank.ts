import type {
  LeaseAnswer,
  LeaseAsk,
  LeaseGrant,
  LeaseRequest,
  LeaseReturns,
  NodeOpened,
  NodeOpening,
} from './lease-protocol.ts';

/** A node's share in a pot: running totals, never set back. */
interface Account {
  granted: number;
  returned: number;
  expiresAtMs: number;
}

interface BankPot {
  limit: number;
  readonly accounts: Map<string, Account>;
}

/** The bank as plain data: what has to be stored before an answer leaves. */
export interface BankState {
  readonly pots: readonly {
    readonly key: string;
    readonly limit: number;
    readonly accounts: readonly (Account & { readonly nodeId: string })[];
  }[];
  readonly epochs: readonly { readonly nodeId: string; readonly epoch: number }[];
}

export interface EscrowBankOptions {
  /** How long a lease lasts, ms. */
  readonly leaseMs: number;
  /** How long after a lease a promise made under it may still become spend, ms. */
  readonly reservationMs: number;
  /** How far clocks of nodes may differ from the bank's, ms. */
  readonly clockSkewMs?: number;
}

/** At most this part of what is left lies idle with the nodes. */
const IDLE_SHARE = 20;
const CLOCK_SKEW_MS = 1000;

/**
 * Keeps what is left of each budget and lets nodes take parts of it, so that they can spend without asking, and never
 * more than there is: `granted - returned` over all nodes stays within the limit, and a node spends only what it was
 * granted. Money that was granted counts as spent until it is given back.
 *
 * A lease is `max(price of one ad, left / (20 K))` for K nodes, so at most 5 % lies idle, and less to the end. Its end is an
 * appointment with the node: it stops promising a second early and gives back what is idle. From a node that does not
 * answer nothing is taken back on time alone, for it may have spent it: that needs {@link closeNode} and what its log
 * says, or the node's own {@link open}.
 *
 * No I/O and no clock. Store {@link exportState} before an answer leaves, or money may be granted twice after a crash.
 */
export class EscrowBank {
  readonly #pots = new Map<string, BankPot>();
  readonly #epochs = new Map<string, number>();
  readonly #leaseMs: number;
  readonly #graceMs: number;
  #nodes = 1;
  #healed = 0;

  constructor({ leaseMs, reservationMs, clockSkewMs = CLOCK_SKEW_MS }: EscrowBankOptions) {
    // Less than this and a lease would be over before it is used.
    if (!(leaseMs > 4 * clockSkewMs))
      throw new RangeError(`leaseMs ${leaseMs} must be above ${4 * clockSkewMs}`);
    this.#leaseMs = leaseMs;
    this.#graceMs = reservationMs + clockSkewMs;
  }

  /** How often a node knew better than the bank: above 0 the bank has lost something it had answered. */
  get healed(): number {
    return this.#healed;
  }

  /** The K of the size of leases: how many nodes serve. Throws RangeError below 1. */
  setNodeCount(nodes: number): void {
    if (!Number.isInteger(nodes) || nodes < 1)
      throw new RangeError(`nodes ${nodes} must be a whole number above 0`);
    this.#nodes = nodes;
  }

  /**
   * What a budget allows the nodes in all: without what was spent before there were leases. A pot that ends gets 0. A lowered limit stops further grants; what is out at that
   * moment can be spent until its lease ends.
   */
  setLimit(key: string, limit: number): void {
    if (!Number.isSafeInteger(limit) || limit < 0)
      throw new RangeError(`limit ${limit} of pot '${key}' must be a whole number from 0 to 2^53`);
    this.#pot(key).limit = limit;
  }

  /** Forgets a pot whose budget has ended for good: what was granted of it is forgotten too. */
  drop(key: string): void {
    this.#pots.delete(key);
  }

  /** What is neither spent nor with a node; below 0 after a limit was lowered. */
  left(key: string): number {
    const pot = this.#pots.get(key);
    return pot ? pot.limit - outstanding(pot) : 0;
  }

  /** The life a node is in; 0 when it is not known. */
  epochOf(nodeId: string): number {
    return this.#epochs.get(nodeId) ?? 0;
  }

  /** Begins a life of a node: settles what it had before, and listens no more to what that life has sent. */
  open({ nodeId, closes, pots }: NodeOpening): NodeOpened {
    if (closes === this.epochOf(nodeId)) {
      this.#epochs.set(nodeId, closes + 1);
      const kept = new Map(pots.map(({ key, spent, held }) => [key, spent + held]));
      this.#settle(nodeId, kept);
    }
    const opened = [];
    for (const [key, { accounts }] of this.#pots) {
      const account = accounts.get(nodeId);
      if (account && account.granted > 0)
        opened.push({ key, granted: account.granted, returned: account.returned });
    }
    return { epoch: this.epochOf(nodeId), pots: opened };
  }

  /**
   * Settles a node that will not come back. `spent` is all it ever spent of its leases, from its log, which must have
   * been read to the end. Throws RangeError as long as a promise of it may still become spend.
   */
  closeNode(nodeId: string, spent: ReadonlyMap<string, number>, nowMs: number): void {
    for (const [key, { accounts }] of this.#pots) {
      const account = accounts.get(nodeId);
      const safeAtMs = (account?.expiresAtMs ?? 0) + this.#graceMs;
      if (account && account.granted > account.returned && nowMs < safeAtMs)
        throw new RangeError(`node '${nodeId}' may still spend from pot '${key}' until ${safeAtMs}`);
    }
    this.#epochs.set(nodeId, this.epochOf(nodeId) + 1);
    this.#settle(nodeId, spent);
  }

  /** Grants what is asked for, as far as it is left. A repeated or overtaken ask is answered and grants nothing. */
  request({ nodeId, epoch, asks }: LeaseRequest, nowMs: number): LeaseAnswer {
    if (!this.#isCurrent(nodeId, epoch))
      return { epoch: this.epochOf(nodeId), grants: [], nodes: this.#nodes };
    const grants: LeaseGrant[] = [];
    for (const ask of asks) {
      const account = this.#account(ask.key, nodeId);
      if (!account) continue;
      if (ask.granted > account.granted) {
        account.granted = ask.granted;
        this.#healed++;
      }
      this.#takeBack(account, ask.returned);
      const size = this.#sizeOf(ask);
      if (ask.granted === account.granted) {
        account.granted += this.#grantOf(ask, size);
        account.expiresAtMs = Math.max(account.expiresAtMs, nowMs + this.#leaseMs);
      }
      grants.push({ key: ask.key, granted: account.granted, size, expiresAtMs: account.expiresAtMs });
    }
    return { epoch, grants, nodes: this.#nodes };
  }

  /** Takes back what a node no longer wants. */
  giveBack({ nodeId, epoch, returns }: LeaseReturns): { epoch: number } {
    if (this.#isCurrent(nodeId, epoch))
      for (const { key, returned } of returns) {
        const account = this.#account(key, nodeId);
        if (account) this.#takeBack(account, returned);
      }
    return { epoch: this.epochOf(nodeId) };
  }

  exportState(): BankState {
    return {
      pots: [...this.#pots].map(([key, { limit, accounts }]) => ({
        key,
        limit,
        accounts: [...accounts].map(([nodeId, account]) => ({ nodeId, ...account })),
      })),
      epochs: [...this.#epochs].map(([nodeId, epoch]) => ({ nodeId, epoch })),
    };
  }

  /** Takes over a stored state, in a bank that is new. */
  importState({ pots, epochs }: BankState): void {
    for (const { key, limit, accounts } of pots) {
      const pot = this.#pot(key);
      pot.limit = limit;
      for (const { nodeId, ...account } of accounts) pot.accounts.set(nodeId, { ...account });
    }
    for (const { nodeId, epoch } of epochs) this.#epochs.set(nodeId, epoch);
  }

  #isCurrent(nodeId: string, epoch: number): boolean {
    if (epoch > this.epochOf(nodeId)) {
      this.#epochs.set(nodeId, epoch);
      this.#healed++;
    }
    return epoch === this.epochOf(nodeId);
  }

  /** What a node should hold of a pot. */
  #sizeOf({ key, price }: LeaseAsk): number {
    return Math.max(price, Math.floor(this.left(key) / (IDLE_SHARE * this.#nodes)));
  }

  /** What brings a node up to that size, in whole ads, as far as it is left. */
  #grantOf({ key, held, price }: LeaseAsk, size: number): number {
    const wanted = held < price ? Math.max(price, size - held) : size - held;
    return Math.max(0, Math.floor(Math.min(this.left(key), wanted) / price) * price);
  }

  #takeBack(account: Account, returned: number): void {
    account.returned = Math.max(account.returned, Math.min(returned, account.granted));
  }

  #settle(nodeId: string, kept: ReadonlyMap<string, number>): void {
    for (const [key, { accounts }] of this.#pots) {
      const account = accounts.get(nodeId);
      if (account) this.#takeBack(account, account.granted - (kept.get(key) ?? 0));
    }
  }

  /** Of a pot that nobody has given a limit there is nothing to grant. */
  #account(key: string, nodeId: string): Account | undefined {
    const accounts = this.#pots.get(key)?.accounts;
    let account = accounts?.get(nodeId);
    if (accounts && !account) {
      account = { granted: 0, returned: 0, expiresAtMs: 0 };
      accounts.set(nodeId, account);
    }
    return account;
  }

  #pot(key: string): BankPot {
    let pot = this.#pots.get(key);
    if (!pot) {
      pot = { limit: 0, accounts: new Map() };
      this.#pots.set(key, pot);
    }
    return pot;
  }
}

function outstanding({ accounts }: BankPot): number {
  let sum = 0;
  for (const { granted, returned } of accounts.values()) sum += granted - returned;
  return sum;
}
