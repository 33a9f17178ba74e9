import {
  availableIn,
  BudgetLedger,
  type IndexChange,
  type IndexedAssignment,
  type IndexedFlight,
  type IndexedLineItem,
  type NodeLeases,
  type Readings,
} from '@cuepoint/decisioning';
import { countKey, type LineItemState } from '../../kernel/delivery-protocol.ts';
import { Exposures } from './exposures.ts';
import { LeasedPots } from './leases/leased-pots.ts';
import { OpenDecisions } from './open-decisions.ts';
import { Pacer } from './pacer.ts';
import { PotBook } from './pots.ts';
import { potChanges } from './serving-state.ts';
import type { SeenElsewhere } from './shared-caps/elsewhere.ts';
import type { NodeChange } from './snapshot/node-change.ts';

/** What a node needs to share budgets with others. */
export interface BudgetSharing {
  readonly leasesOf: (ledger: BudgetLedger) => NodeLeases;
  readonly nodes: () => number;
}

/** All that a node counts beside what its snapshot says: money, exposures, pace, promises, turns of a rotation. */
export class Counters {
  readonly ledger = new BudgetLedger();
  /** Null on a node that has its budgets to itself. */
  readonly leased: LeasedPots | null;
  readonly pots: PotBook;
  readonly pacer = new Pacer();
  readonly exposures: Exposures;
  readonly open: OpenDecisions;
  /** How often each line item in sequential rotation was chosen, by its number. */
  readonly #sequences: number[] = [];
  readonly #readings = new MomentReadings(this);

  /** @param sharing where several nodes share the budgets: this node's leases, and how many nodes there are */
  constructor(reservationSeconds: number, tokenSeconds: number, sharing?: BudgetSharing) {
    this.leased = sharing ? new LeasedPots(this.ledger, sharing.leasesOf(this.ledger), sharing.nodes) : null;
    this.pots = new PotBook(this.ledger, this.leased);
    this.exposures = new Exposures(reservationSeconds * 1000);
    this.open = new OpenDecisions(this.ledger, this.exposures, reservationSeconds, tokenSeconds);
  }

  /**
   * What they say at one moment about one viewer; good until the next call.
   * @param elsewhere what other nodes have shown the viewer; null where this one counts alone
   */
  readingsAt(
    identity: readonly [number, number] | null,
    nowMs: number,
    elsewhere: SeenElsewhere | null = null,
  ): Readings {
    this.#readings.identity = identity;
    this.#readings.elsewhere = elsewhere;
    this.#readings.nowMs = nowMs;
    return this.#readings;
  }

  /** Money of a line item and its running flight, micros; `availableMicros` null: no limit. */
  moneyOf(
    item: IndexedLineItem,
    flight: IndexedFlight | undefined,
  ): Pick<LineItemState, 'spentMicros' | 'reservedMicros' | 'availableMicros'> {
    const pot = this.pots.lineItem(item);
    const { reservedMicros } = pot;
    const flightPot = flight ? this.pots.flight(flight) : null;
    const left = (limit: number, spentMicros: number) => ({
      spentMicros,
      reservedMicros,
      availableMicros: Number.isFinite(limit) ? Math.max(0, limit) : null,
    });
    if (this.leased === null)
      return left(
        Math.min(availableIn(pot), flightPot ? availableIn(flightPot) : Number.POSITIVE_INFINITY),
        pot.ingestedMicros + pot.ownMicros,
      );
    // Of a shared budget: what all nodes have left, beside what this one has promised.
    const leftOf = (id: string, limit: number | null) =>
      limit === null ? Number.POSITIVE_INFINITY : limit - this.leased!.spentInAll(id) - reservedMicros;
    return left(
      Math.min(
        leftOf(item.id, item.source.budgetMicros),
        flight ? leftOf(flight.id, flight.source.budgetMicros) : Number.POSITIVE_INFINITY,
      ),
      this.leased.spentInAll(item.id),
    );
  }

  /** A sequential rotation goes on by one. */
  advance(item: IndexedLineItem): void {
    this.#sequences[item.slot] = this.sequenceOf(item) + 1;
  }

  sequenceOf(item: IndexedLineItem): number {
    return this.#sequences[item.slot] ?? 0;
  }

  /** Every second: reservations come back, old tokens are forgotten, a part of the flights is paced anew. */
  tick(nowMs: number): void {
    this.open.sweep(Math.floor(nowMs / 1000));
    this.pacer.step((item, flight) => this.pots.paced(item, flight), nowMs);
  }

  /** Takes over what a snapshot changed, in one turn. @param newly own spend that the snapshot contains by now */
  change(
    changed: Pick<IndexChange, 'left' | 'came'>,
    spend: NodeChange['spend'],
    newly: ReadonlyMap<string, number>,
    nowMs: number,
  ): void {
    this.#changePots(changed, spend, newly);
    this.exposures.change(changed);
    this.pacer.change(changed, nowMs);
    this.#changeSequences(changed);
  }

  #changePots(
    changed: Pick<IndexChange, 'left' | 'came'>,
    spend: NodeChange['spend'],
    newly: ReadonlyMap<string, number>,
  ): void {
    this.pots.change(changed);
    if (this.leased) {
      this.leased.change(changed, spend, this.pots.takeOver());
      this.pots.open(changed.came);
      return;
    }
    const { limits, gone } = potChanges(changed, spend, (key) => this.ledger.ingestedOf(key));
    this.ledger.change(limits, [...gone, ...this.pots.takeOver()], newly);
    this.pots.open(changed.came);
    // Counts of what did not change otherwise.
    for (const [id, micros] of spend.lineItems) this.ledger.ingest(id, micros);
    for (const [id, micros, impressions] of spend.flights) {
      this.ledger.ingest(id, micros);
      this.ledger.ingest(countKey(id), impressions);
    }
  }

  /** A number that was another line item's begins at nothing. */
  #changeSequences({ left, came }: Pick<IndexChange, 'left' | 'came'>): void {
    const known = new Set(left.map(({ id }) => id));
    for (const item of came) if (!known.has(item.id)) this.#sequences[item.slot] = 0;
  }
}

/** What the counters say at one moment about one viewer. */
class MomentReadings implements Readings {
  readonly #counters: Counters;
  identity: readonly [number, number] | null = null;
  elsewhere: SeenElsewhere | null = null;
  nowMs = 0;

  constructor(counters: Counters) {
    this.#counters = counters;
  }

  affordable(item: IndexedLineItem, flight: IndexedFlight): number {
    return this.#counters.pots.affordable(item, flight, this.nowMs);
  }

  passRate(item: IndexedLineItem, flight: IndexedFlight): number {
    const { pacer, pots } = this.#counters;
    return pacer.passRate(flight, pots.paced(item, flight), this.nowMs);
  }

  room(item: IndexedLineItem): number {
    return this.identity === null
      ? 0
      : this.#counters.exposures.room(item, this.identity, this.nowMs, this.elsewhere);
  }

  creativeRoom(item: IndexedLineItem, assignment: IndexedAssignment): number {
    return this.identity === null
      ? 0
      : this.#counters.exposures.creativeRoom(item, assignment, this.identity, this.nowMs, this.elsewhere);
  }

  sequence(item: IndexedLineItem): number {
    return this.#counters.sequenceOf(item);
  }
}
