import type {
  BudgetLedger,
  IndexChange,
  IndexedFlight,
  IndexedLineItem,
  NodeLeases,
  Pot,
  PotLimit,
} from '@cuepoint/decisioning';
import { countKey } from '../../../kernel/delivery-protocol.ts';
import type { NodeChange } from '../snapshot/node-change.ts';

/** Key of a pot without a limit: what has one is the bank's to lend, and goes by its own name. */
const openKey = (id: string): string => `${id}#u`;

/** A pot that is named by a line item or flight. */
interface Named {
  readonly key: string;
  readonly limit: number | null;
  /** What one impression takes. */
  readonly price: number;
}

/**
 * The pots of a node that shares its budgets with others: what is limited holds what the bank has lent. What the snapshot
 * says was spent in all is kept beside, for the pace.
 */
export class LeasedPots {
  readonly #ledger: BudgetLedger;
  readonly leases: NodeLeases;
  /** How many nodes share the budgets. */
  readonly #nodes: () => number;
  /** Of line items, flights and counts: spent by all nodes, as of the snapshot. */
  readonly #spent = new Map<string, number>();

  constructor(ledger: BudgetLedger, leases: NodeLeases, nodes: () => number) {
    this.#ledger = ledger;
    this.leases = leases;
    this.#nodes = nodes;
  }

  /** Key of the money of a line item or flight. */
  moneyKey(id: string, limit: number | null, price: number): string {
    return limit === null || price === 0 ? openKey(id) : id;
  }

  /** Takes over what a snapshot changed, and wants a lease of everything that came. */
  change(
    { left, came }: Pick<IndexChange, 'left' | 'came'>,
    spend: NodeChange['spend'],
    over: readonly string[],
  ): void {
    const named = new Map(came.flatMap((item) => this.#named(item)).map((pot) => [pot.key, pot]));
    const gone = left.flatMap((item) => this.#named(item)).filter(({ key }) => !named.has(key));
    const limits: PotLimit[] = [...named.values()].map(({ key, limit }) =>
      limit === null
        ? { key, limitMicros: null, ingestedMicros: 0 }
        : { key, limitMicros: 0, ingestedMicros: 0, isLeased: true },
    );
    this.#ledger.change(limits, [...gone.map(({ key }) => key), ...over], NOTHING);
    for (const { key, limit, price } of named.values()) if (limit !== null) this.lease(key, price);
    for (const { key, limit } of gone) if (limit !== null) this.leases.end(key);
    for (const key of over) this.leases.end(key);
    for (const item of left) this.#forget(item);
    for (const [id, micros] of spend.lineItems) this.#spent.set(id, micros);
    for (const [id, micros, impressions] of spend.flights) {
      this.#spent.set(id, micros);
      this.#spent.set(countKey(id), impressions);
    }
  }

  /** @param price what one impression takes, above 0 */
  lease(key: string, price: number): void {
    const { table } = this.#ledger;
    this.leases.lease(table.open(key), key, price);
  }

  /** A candidate was turned down for want of money in one of these. */
  want(pots: readonly (string | null)[]): void {
    for (const key of pots) {
      const slot = key === null ? undefined : this.#ledger.table.slotOf(key);
      if (slot !== undefined) this.leases.want(slot);
    }
  }

  /** Spent of a pot by all nodes, as of the snapshot. */
  spentInAll(key: string): number {
    return this.#spent.get(key) ?? 0;
  }

  /**
   * A pot as the pacing plan sees it: of what all nodes have left, this one's even share. The plan corrects itself when
   * others spend less of theirs.
   */
  paced(key: string, limit: number, pot: Pot): Pot {
    const ingestedMicros = this.spentInAll(key);
    const left = Math.max(0, limit - ingestedMicros) / this.#nodes();
    return {
      limitMicros: ingestedMicros + left,
      ingestedMicros,
      ownMicros: 0,
      reservedMicros: pot.reservedMicros,
    };
  }

  #named(item: IndexedLineItem): Named[] {
    const price = item.priceMicros;
    const money = (id: string, limit: number | null): Named => ({
      key: this.moneyKey(id, limit, price),
      limit: price === 0 ? null : limit,
      price,
    });
    return [
      money(item.id, item.source.budgetMicros),
      ...item.flights.flatMap(({ id, source }) => [
        money(id, source.budgetMicros),
        ...(source.impressionGoal === null
          ? []
          : [{ key: countKey(id), limit: source.impressionGoal, price: 1 }]),
      ]),
    ];
  }

  #forget(item: IndexedLineItem): void {
    const isGone = (key: string) => this.#ledger.table.slotOf(key) === undefined;
    for (const id of [item.id, ...item.flights.map((flight: IndexedFlight) => flight.id)])
      if (isGone(id) && isGone(openKey(id))) {
        this.#spent.delete(id);
        this.#spent.delete(countKey(id));
      }
  }
}

const NOTHING: ReadonlyMap<string, number> = new Map();
