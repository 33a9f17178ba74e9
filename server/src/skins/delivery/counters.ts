import {
  BudgetLedger,
  type IndexChange,
  type IndexedAssignment,
  type IndexedFlight,
  type IndexedLineItem,
  type Readings,
} from '@cuepoint/decisioning';
import { Exposures } from './exposures.ts';
import { OpenDecisions } from './open-decisions.ts';
import { Pacer } from './pacer.ts';
import { countKey, PotBook } from './pots.ts';
import { potChanges } from './serving-state.ts';
import type { NodeChange } from './snapshot/node-change.ts';

/** All that a node counts beside what its snapshot says: money, exposures, pace, promises, turns of a rotation. */
export class Counters {
  readonly ledger = new BudgetLedger();
  readonly pots = new PotBook(this.ledger);
  readonly pacer = new Pacer();
  readonly exposures: Exposures;
  readonly open: OpenDecisions;
  /** How often each line item in sequential rotation was chosen, by its number. */
  readonly #sequences: number[] = [];
  readonly #readings = new MomentReadings(this);

  constructor(reservationSeconds: number, tokenSeconds: number) {
    this.exposures = new Exposures(reservationSeconds * 1000);
    this.open = new OpenDecisions(this.ledger, this.exposures, reservationSeconds, tokenSeconds);
  }

  /** What they say at one moment about one viewer; good until the next call. */
  readingsAt(identity: readonly [number, number] | null, nowMs: number): Readings {
    this.#readings.identity = identity;
    this.#readings.nowMs = nowMs;
    return this.#readings;
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
    const { limits, gone } = potChanges(changed, spend, (key) => this.ledger.ingestedOf(key));
    this.pots.change(changed);
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
    return this.identity === null ? 0 : this.#counters.exposures.room(item, this.identity, this.nowMs);
  }

  creativeRoom(item: IndexedLineItem, assignment: IndexedAssignment): number {
    return this.identity === null
      ? 0
      : this.#counters.exposures.creativeRoom(item, assignment, this.identity, this.nowMs);
  }

  sequence(item: IndexedLineItem): number {
    return this.#counters.sequenceOf(item);
  }
}
