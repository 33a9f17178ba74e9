import {
  availableIn,
  type BudgetLedger,
  type DecisionIndex,
  dayAt,
  endOfDay,
  type IndexedFlight,
  type IndexedLineItem,
  OUT_FOR_TODAY,
  OUT_OF_BUDGET,
  type Pot,
  zone,
} from '@cuepoint/decisioning';

/** Keys of the pots of a flight beside its money: impressions, and the money of one local day. */
export const countKey = (flightId: string): string => `${flightId}#n`;
export const dayKey = (flightId: string, day: number): string => `${flightId}#d${day}`;

/** What one impression takes from: money in micros, and impressions one by one. */
export interface Claim {
  readonly money: readonly Pot[];
  readonly count: Pot | null;
}

interface FlightPots {
  readonly money: Pot;
  readonly count: Pot | null;
  /** Until when `today` is today's. */
  dayEndMs: number;
  today: Pot | null;
}

/** The pots of every line item and flight of an index, by their numbers in it. */
export class PotBook {
  readonly #ledger: BudgetLedger;
  readonly #lineItems: Pot[] = [];
  readonly #flights: FlightPots[] = [];

  constructor(ledger: BudgetLedger, index: DecisionIndex) {
    this.#ledger = ledger;
    for (const item of index.lineItems.values()) {
      this.#lineItems[item.slot] = ledger.pot(item.id);
      for (const flight of item.flights)
        this.#flights[flight.slot] = {
          money: ledger.pot(flight.id),
          count: flight.source.impressionGoal === null ? null : ledger.pot(countKey(flight.id)),
          dayEndMs: flight.source.dailyBudgetMicros === null ? Number.POSITIVE_INFINITY : 0,
          today: null,
        };
    }
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
    if (least < 1) return OUT_OF_BUDGET;
    if (price > 0 && pots.dayEndMs !== Number.POSITIVE_INFINITY) {
      const today = availableIn(this.#today(flight, pots, nowMs)) / price;
      if (today < 1) return OUT_FOR_TODAY;
      if (today < least) least = today;
    }
    return least === Number.POSITIVE_INFINITY ? least : Math.floor(least);
  }

  /** What an impression of this line item in this flight at this moment takes from. */
  claim(item: IndexedLineItem, flight: IndexedFlight, nowMs: number): Claim {
    const pots = this.#flights[flight.slot]!;
    const money = [this.#lineItems[item.slot]!, pots.money];
    if (pots.dayEndMs !== Number.POSITIVE_INFINITY) money.push(this.#today(flight, pots, nowMs));
    return { money, count: pots.count };
  }

  /** The pot that the pacing plan is about. */
  paced(item: IndexedLineItem, flight: IndexedFlight): Pot {
    const pots = this.#flights[flight.slot]!;
    if (pots.count !== null && flight.source.budgetMicros === null) return pots.count;
    return flight.source.budgetMicros === null ? this.#lineItems[item.slot]! : pots.money;
  }

  lineItem(item: IndexedLineItem): Pot {
    return this.#lineItems[item.slot]!;
  }

  flight(flight: IndexedFlight): Pot {
    return this.#flights[flight.slot]!.money;
  }

  #today(flight: IndexedFlight, pots: FlightPots, nowMs: number): Pot {
    if (pots.today !== null && nowMs < pots.dayEndMs) return pots.today;
    const place = zone(flight.source.timeZone);
    const day = dayAt(place, nowMs);
    const today = this.#ledger.pot(dayKey(flight.id, day));
    today.limitMicros = flight.source.dailyBudgetMicros!;
    pots.today = today;
    pots.dayEndMs = endOfDay(place, day);
    return today;
  }
}

/** The day's pot of a flight at an instant, for counters that are rebuilt from the log. */
export function dayPotKey(flight: IndexedFlight, atMs: number): string {
  return dayKey(flight.id, dayAt(zone(flight.source.timeZone), atMs));
}
