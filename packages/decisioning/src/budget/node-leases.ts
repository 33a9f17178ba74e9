import { Lease, type Totals } from './lease.ts';
import type {
  LeaseAnswer,
  LeaseAsk,
  LeaseRequest,
  LeaseReturns,
  LeaseSource,
  NodeOpened,
} from './lease-protocol.ts';
import type { PotTable } from './pot-table.ts';

export interface NodeLeasesOptions {
  /** How far this node's clock may be behind the bank's, ms. */
  readonly clockSkewMs?: number;
  /** After how long without an answer a message is sent again, ms. */
  readonly askAgainMs?: number;
}

/** What a node has to say to the bank now. */
export interface LeaseMail {
  readonly request: LeaseRequest | undefined;
  readonly returns: LeaseReturns | undefined;
}

/** An ended lease waits this many times the answer time for a grant that may be under way. */
const ANSWERS_COME = 10;

/**
 * The node's side of the leases: the limits of leased pots in a {@link PotTable} are what this node was granted and has not
 * given back. Decisions know nothing of it: they reserve and commit on the table.
 *
 * Call {@link expire} before a decision and before a late impression is billed (it costs one comparison while nothing
 * is due), and {@link refresh} a few times a second.
 */
export class NodeLeases {
  readonly nodeId: string;
  readonly #table: PotTable;
  readonly #clockSkewMs: number;
  readonly #askAgainMs: number;
  readonly #leases = new Map<string, Lease>();
  readonly #bySlot: (Lease | undefined)[] = [];
  /** Where pots stand that are not leased now: when one is again, the bank counts on from there. */
  readonly #rest = new Map<string, Totals>();
  #epoch = 0;
  #isFenced = true;
  #nextDueMs = Number.POSITIVE_INFINITY;

  constructor(
    table: PotTable,
    nodeId: string,
    { clockSkewMs = 1000, askAgainMs = 1000 }: NodeLeasesOptions = {},
  ) {
    this.#table = table;
    this.nodeId = nodeId;
    this.#clockSkewMs = clockSkewMs;
    this.#askAgainMs = askAgainMs;
  }

  /** True before the first opening, and after the bank has closed this life of the node: {@link open} again. */
  get isFenced(): boolean {
    return this.#isFenced;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** Pots under lease, and those of them that have too little idle for one impression. */
  get use(): { pots: number; usedUp: number } {
    let usedUp = 0;
    for (const lease of this.#leases.values()) if (lease.idle < lease.price) usedUp++;
    return { pots: this.#leases.size, usedUp };
  }

  /**
   * Begins a life of this node at the bank; nothing can be promised while it lasts.
   *
   * @param spent by key, all that this node ever spent of its leases up to where the table's own counts begin: read back
   *   from its log after a start. It has to be complete: what is missing here and in the table counts as not spent.
   * @throws RangeError when another process opened the same node meanwhile
   */
  async open(source: LeaseSource, spent: ReadonlyMap<string, number> = new Map()): Promise<void> {
    this.#fence();
    const closes = await source.epochOf(this.nodeId);
    const pots = new Map([...spent].map(([key, amount]) => [key, { key, spent: amount, held: 0 }]));
    for (const [key, totals] of this.#rest) pots.set(key, { key, spent: totals.spent, held: 0 });
    for (const lease of this.#leases.values()) {
      const { key } = lease;
      const before = spent.get(key);
      if (before !== undefined) this.#table.setIngested(lease.slot, before);
      pots.set(key, { key, spent: lease.spent, held: lease.reserved });
    }
    const opened = await source.open({ nodeId: this.nodeId, closes, pots: [...pots.values()] });
    if (opened.epoch !== closes + 1)
      throw new RangeError(`node '${this.nodeId}' was opened by another process; its name must be its own`);
    this.#begin(opened, (key) => pots.get(key)?.spent ?? 0);
  }

  /**
   * Takes a pot under lease, and wants something of it at once. What this node spent of it is counted from here on; any
   * other count of it in the table is put aside.
   *
   * @param price what one impression takes, in the unit of the pot
   */
  lease(slot: number, key: string, price: number): void {
    if (!Number.isSafeInteger(price) || price < 1)
      throw new RangeError(`price ${price} of pot '${key}' must be a whole number above 0`);
    let lease = this.#leases.get(key);
    if (!lease) {
      const totals = this.#rest.get(key) ?? { granted: 0, returned: 0, spent: 0 };
      this.#rest.delete(key);
      lease = new Lease(this.#table, slot, key, price);
      this.#table.setLeased(slot);
      this.#table.setIngested(slot, totals.spent);
      this.#table.setOwn(slot, 0);
      lease.standAt(totals);
      this.#leases.set(key, lease);
      this.#bySlot[slot] = lease;
    }
    lease.price = price;
    lease.isEnding = false;
  }

  /** Ends the lease of a pot that is no longer served. It goes when it is settled and the bank has what was idle. */
  end(key: string): void {
    const lease = this.#leases.get(key);
    if (lease) lease.isEnding = true;
  }

  /** Ends all leases: a node that stops gives back what it has not promised. */
  endAll(): void {
    for (const lease of this.#leases.values()) {
      lease.isEnding = true;
      lease.stop();
    }
  }

  /** A candidate was turned down for want of money in this pot. */
  want(slot: number): void {
    const lease = this.#bySlot[slot];
    if (lease) lease.isWanted = true;
  }

  /** Stops what has come to its end. */
  expire(nowMs: number): void {
    if (nowMs < this.#nextDueMs) return;
    this.#nextDueMs = Number.POSITIVE_INFINITY;
    for (const lease of this.#leases.values()) {
      const dueMs = lease.dueAtMs(this.#clockSkewMs);
      if (dueMs <= nowMs) lease.stop();
      else this.#nextDueMs = Math.min(this.#nextDueMs, dueMs);
    }
  }

  /** What has to be said to the bank now. Each part is repeated until it is answered. */
  collect(nowMs: number): LeaseMail {
    if (this.#isFenced) return { request: undefined, returns: undefined };
    this.expire(nowMs);
    const asks: LeaseAsk[] = [];
    const returns: { key: string; returned: number }[] = [];
    for (const lease of this.#leases.values()) {
      lease.giveBack();
      const { key, price, granted, returned } = lease;
      if (this.#isSettled(lease, nowMs)) {
        this.#putAside(lease);
        continue;
      }
      if (lease.needs(nowMs) && this.#isUnanswered(lease.askedAtMs, nowMs)) {
        lease.askedAtMs = nowMs;
        asks.push({ key, granted, returned, held: lease.idle, price });
      }
      if (returned > lease.confirmed && this.#isUnanswered(lease.returnedAtMs, nowMs)) {
        lease.returnedAtMs = nowMs;
        returns.push({ key, returned });
      }
    }
    const from = { nodeId: this.nodeId, epoch: this.#epoch };
    return {
      request: asks.length > 0 ? { ...from, asks } : undefined,
      returns: returns.length > 0 ? { ...from, returns } : undefined,
    };
  }

  /** Takes in what the bank has granted. */
  take({ epoch, grants }: LeaseAnswer, nowMs: number): void {
    if (this.#isOver(epoch) || epoch !== this.#epoch) return;
    for (const { key, granted, size, expiresAtMs } of grants) {
      const lease = this.#leases.get(key);
      if (!lease) continue;
      lease.take(granted, size, expiresAtMs, this.#clockSkewMs, nowMs);
      this.#nextDueMs = Math.min(this.#nextDueMs, lease.dueAtMs(this.#clockSkewMs));
    }
  }

  /** The bank has taken back what a mail said. */
  confirm(mail: LeaseReturns, epoch: number): void {
    if (this.#isOver(epoch) || epoch !== this.#epoch || mail.epoch !== epoch) return;
    for (const { key, returned } of mail.returns) {
      const lease = this.#leases.get(key);
      if (lease) lease.confirmed = Math.max(lease.confirmed, returned);
    }
  }

  /** Says to the bank what has to be said, and takes in the answers. What fails is said again by a later call. */
  async refresh(source: LeaseSource, nowMs: number): Promise<void> {
    const { request, returns } = this.collect(nowMs);
    await Promise.all([
      request && source.request(request).then((answer) => this.take(answer, nowMs)),
      returns && source.giveBack(returns).then(({ epoch }) => this.confirm(returns, epoch)),
    ]);
  }

  /** What was sent has had its time; so it has when the clock was set back behind it. */
  #isUnanswered(sentAtMs: number, nowMs: number): boolean {
    return nowMs >= sentAtMs + this.#askAgainMs || nowMs < sentAtMs;
  }

  /** The bank is in a later life of this node: nothing may be spent any more. */
  #isOver(epoch: number): boolean {
    if (epoch > this.#epoch) this.#fence();
    return this.#isFenced;
  }

  /** What is still open is settled; nothing new is promised. */
  #fence(): void {
    this.#isFenced = true;
    for (const lease of this.#leases.values()) lease.stop();
  }

  #begin({ epoch, pots }: NodeOpened, spentOf: (key: string) => number): void {
    this.#epoch = epoch;
    this.#isFenced = false;
    const stands = new Map(pots.map((pot) => [pot.key, pot]));
    this.#rest.clear();
    for (const [key, { granted, returned }] of stands)
      if (!this.#leases.has(key)) this.#rest.set(key, { granted, returned, spent: spentOf(key) });
    for (const lease of this.#leases.values())
      lease.standAt(stands.get(lease.key) ?? { granted: 0, returned: 0 });
  }

  /** An ended lease of which nothing is open, neither with players nor with the bank. */
  #isSettled({ isEnding, returned, confirmed, reserved, askedAtMs }: Lease, nowMs: number): boolean {
    if (!isEnding || returned > confirmed || reserved > 0) return false;
    return nowMs >= askedAtMs + ANSWERS_COME * this.#askAgainMs;
  }

  #putAside({ key, slot, granted, returned, spent }: Lease): void {
    this.#rest.set(key, { granted, returned, spent });
    this.#leases.delete(key);
    this.#bySlot[slot] = undefined;
    this.#table.drop(key);
  }
}
