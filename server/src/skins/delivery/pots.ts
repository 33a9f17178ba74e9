import {
  availableIn,
  type BudgetLedger,
  dayAt,
  endOfDay,
  type IndexChange,
  type IndexedFlight,
  type IndexedLineItem,
  OUT_FOR_TODAY,
  OUT_OF_BUDGET,
  type Pot,
  zone,
} from '@cuepoint/decisioning';
import { countKey, dayKey } from '../../kernel/delivery-protocol.ts';
import type { LeasedPots } from './leases/leased-pots.ts';

/** What one impression takes from: money in micros, and impressions one by one. */
export interface Claim {
  readonly money: readonly Pot[];
  readonly count: Pot | null;
}

interface FlightPots {
  readonly money: Pot;
  readonly count: Pot | null;
  /** What an impression takes of its day. */
  readonly price: number;
  /** Until when `today` is today's. */
  dayEndMs: number;
  today: Pot | null;
  /** What an impression takes from, with the day's pot that it holds. */
  claim: Claim | null;
  claimOf: Pot | null;
}

/** The pots of every line item and flight that is served, by their numbers in the index. */
export class PotBook {
  readonly #ledger: BudgetLedger;
  readonly #lineItems: Pot[] = [];
  readonly #flights: FlightPots[] = [];
  /** By flight, the pot of its newest day. */
  readonly #dayKeys = new Map<string, string>();
  /** Pots of days that are over. */
  #over: string[] = [];
  /** Where nodes share budgets, what the bank lends is all there is. */
  readonly #leased: LeasedPots | null;

  constructor(ledger: BudgetLedger, leased: LeasedPots | null) {
    this.#ledger = ledger;
    this.#leased = leased;
  }

  /** Before the ledger takes new limits over: the days of flights that went are over. */
  change({ left, came }: Pick<IndexChange, 'left' | 'came'>): void {
    const kept = new Set(came.flatMap((item) => item.flights.map(({ id }) => id)));
    for (const item of left)
      for (const { id } of item.flights) {
        const key = this.#dayKeys.get(id);
        if (key === undefined || kept.has(id)) continue;
        this.#endDay(key);
        this.#dayKeys.delete(id);
      }
  }

  /** After that: the pots of what came. */
  open(came: readonly IndexedLineItem[]): void {
    for (const item of came) {
      const money = (id: string, limit: number | null) =>
        this.#ledger.pot(this.#leased?.moneyKey(id, limit, item.priceMicros) ?? id);
      this.#lineItems[item.slot] = money(item.id, item.source.budgetMicros);
      for (const flight of item.flights)
        this.#flights[flight.slot] = {
          money: money(flight.id, flight.source.budgetMicros),
          count: flight.source.impressionGoal === null ? null : this.#ledger.pot(countKey(flight.id)),
          price: item.priceMicros,
          dayEndMs: flight.source.dailyBudgetMicros === null ? Number.POSITIVE_INFINITY : 0,
          today: null,
          claim: null,
          claimOf: null,
        };
    }
  }

  /** Keys of pots of days that are over, each once. */
  takeOver(): string[] {
    const over = this.#over;
    this.#over = [];
    return over;
  }

  /** Impressions that may still be promised; OUT_OF_BUDGET or OUT_FOR_TODAY when there is none. */
  affordable(item: IndexedLineItem, flight: IndexedFlight, nowMs: number): number {
    const pots = this.#flights[flight.slot]!;
    const price = item.priceMicros;
    let least = Number.POSITIVE_INFINITY;
    if (price > 0) {
      least = Math.min(availableIn(this.#lineItems[item.slot]!), availableIn(pots.money)) / price;
    }
    if (pots.count !== null) least = Math.min(least, availableIn(pots.count));
    if (least < 1) {
      this.#leased?.want([item.id, flight.id, countKey(flight.id)]);
      return OUT_OF_BUDGET;
    }
    if (price > 0 && pots.dayEndMs !== Number.POSITIVE_INFINITY) {
      const today = availableIn(this.#today(flight, pots, nowMs)) / price;
      if (today < 1) {
        this.#leased?.want([this.#dayKeys.get(flight.id) ?? null]);
        return OUT_FOR_TODAY;
      }
      if (today < least) least = today;
    }
    return least === Number.POSITIVE_INFINITY ? least : Math.floor(least);
  }

  /** What an impression of this line item in this flight at this moment takes from. */
  claim(item: IndexedLineItem, flight: IndexedFlight, nowMs: number): Claim {
    const pots = this.#flights[flight.slot]!;
    const today = pots.dayEndMs === Number.POSITIVE_INFINITY ? null : this.#today(flight, pots, nowMs);
    // The same object while the pots are the same: there is one for every decision.
    if (pots.claim === null || pots.claimOf !== today) {
      const money = [this.#lineItems[item.slot]!, pots.money];
      pots.claim = { money: today === null ? money : [...money, today], count: pots.count };
      pots.claimOf = today;
    }
    return pots.claim;
  }

  /** The pot that the pacing plan is about. */
  paced(item: IndexedLineItem, flight: IndexedFlight): Pot {
    const pots = this.#flights[flight.slot]!;
    const { budgetMicros, impressionGoal } = flight.source;
    if (pots.count !== null && budgetMicros === null)
      return this.#shared(countKey(flight.id), impressionGoal, pots.count);
    return budgetMicros === null
      ? this.#shared(item.id, item.source.budgetMicros, this.#lineItems[item.slot]!)
      : this.#shared(flight.id, budgetMicros, pots.money);
  }

  #shared(key: string, limit: number | null, pot: Pot): Pot {
    return this.#leased === null || limit === null ? pot : this.#leased.paced(key, limit, pot);
  }

  lineItem(item: IndexedLineItem): Pot {
    return this.#lineItems[item.slot]!;
  }

  flight(flight: IndexedFlight): Pot {
    return this.#flights[flight.slot]!.money;
  }

  #endDay(key: string): void {
    this.#over.push(key);
    // What was spent that day is counted with the flight; nothing waits for it. What was lent of it goes back.
    if (this.#leased) this.#leased.leases.end(key);
    else this.#ledger.pot(key).ownMicros = 0;
  }

  #today(flight: IndexedFlight, pots: FlightPots, nowMs: number): Pot {
    if (pots.today !== null && nowMs < pots.dayEndMs) return pots.today;
    const place = zone(flight.source.timeZone);
    const day = dayAt(place, nowMs);
    const key = dayKey(flight.id, day);
    const today = this.#ledger.pot(key);
    if (this.#leased) this.#leased.lease(key, pots.price);
    else today.limitMicros = flight.source.dailyBudgetMicros!;
    const before = this.#dayKeys.get(flight.id);
    if (before !== undefined && before !== key) this.#endDay(before);
    this.#dayKeys.set(flight.id, key);
    pots.today = today;
    pots.dayEndMs = endOfDay(place, day);
    return today;
  }
}

/** The day's pot of a flight at an instant, for counters that are rebuilt from the log. */
export function dayPotKey(flight: IndexedFlight, atMs: number): string {
  return dayKey(flight.id, dayAt(zone(flight.source.timeZone), atMs));
}
