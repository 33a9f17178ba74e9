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

/** The pots of every line item and flight that is served, by their numbers in the index. */
export class PotBook {
  readonly #ledger: BudgetLedger;
  readonly #lineItems: Pot[] = [];
  readonly #flights: FlightPots[] = [];
  /** By flight, the pot of its newest day. */
  readonly #dayKeys = new Map<string, string>();
  /** Pots of days that are over. */
  #over: string[] = [];

  constructor(ledger: BudgetLedger) {
    this.#ledger = ledger;
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
      this.#lineItems[item.slot] = this.#ledger.pot(item.id);
      for (const flight of item.flights)
        this.#flights[flight.slot] = {
          money: this.#ledger.pot(flight.id),
          count: flight.source.impressionGoal === null ? null : this.#ledger.pot(countKey(flight.id)),
          dayEndMs: flight.source.dailyBudgetMicros === null ? Number.POSITIVE_INFINITY : 0,
          today: null,
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

  #endDay(key: string): void {
    // What was spent that day is counted with the flight; nothing waits for it.
    this.#ledger.pot(key).ownMicros = 0;
    this.#over.push(key);
  }

  #today(flight: IndexedFlight, pots: FlightPots, nowMs: number): Pot {
    if (pots.today !== null && nowMs < pots.dayEndMs) return pots.today;
    const place = zone(flight.source.timeZone);
    const day = dayAt(place, nowMs);
    const key = dayKey(flight.id, day);
    const today = this.#ledger.pot(key);
    today.limitMicros = flight.source.dailyBudgetMicros!;
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
