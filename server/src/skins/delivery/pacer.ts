import {
  availableIn,
  type Examined,
  expectedTraffic,
  flightPlan,
  type IndexChange,
  type IndexedFlight,
  type IndexedLineItem,
  PacingTable,
  type Pot,
} from '@cuepoint/decisioning';

/** Paced flights are stepped in turn, each about once a minute. */
const TURNS = 60;
/** How far into its plan a flight may be before its traffic has been measured: an hour, or a hundredth of it. */
const HEAD_START_MS = 60 * 60_000;
const NOT_PACED = -1;

interface Paced {
  readonly item: IndexedLineItem;
  readonly flight: IndexedFlight;
  readonly goal: { readonly amount: number; readonly price: number };
  readonly headStartMs: number;
}

/**
 * Pass rates of the flights this node serves: the plan of each follows a typical day of viewing through the hours its
 * dayparts leave open, in the flight's own zone.
 */
export class Pacer {
  readonly #table = new PacingTable();
  /** By number of the flight: its slot in the table. */
  readonly #slots: number[] = [];
  /** By slot of the table. */
  readonly #paced: (Paced | undefined)[] = [];
  #turn = 0;

  /** Takes over what changed in the index. What was learned of a flight's traffic stays with it. */
  change({ left, came }: Pick<IndexChange, 'left' | 'came'>, nowMs: number): void {
    const kept = new Set(came.flatMap((item) => (pacedGoals(item) ? item.flights.map(({ id }) => id) : [])));
    for (const item of left)
      for (const flight of item.flights) {
        const slot = this.#slots[flight.slot] ?? NOT_PACED;
        this.#slots[flight.slot] = NOT_PACED;
        if (slot === NOT_PACED) continue;
        this.#paced[slot] = undefined;
        if (!kept.has(flight.id)) this.#table.close(flight.id);
      }
    for (const item of came) {
      const isPaced = pacedGoals(item);
      const { pacing: mode, dayparts } = item.source;
      const traffic = expectedTraffic(dayparts);
      for (const flight of item.flights) {
        this.#slots[flight.slot] = NOT_PACED;
        const goal = isPaced ? goalOf(item, flight) : null;
        if (goal === null) continue;
        const { startMs, endMs } = flight;
        const { timeZone } = flight.source;
        const plan = flightPlan({ mode, timeZone, startMs, endMs }, traffic);
        const slot = this.#table.open(flight.id, plan, nowMs);
        this.#slots[flight.slot] = slot;
        const headStartMs = Math.min(HEAD_START_MS, (endMs - startMs) / 100);
        this.#paced[slot] = { item, flight, goal, headStartMs };
      }
    }
  }

  /** Share of eligible requests to let in now, 0 to 1. */
  passRate(flight: IndexedFlight, pot: Pot, nowMs: number): number {
    const slot = this.#slots[flight.slot]!;
    if (slot === NOT_PACED) return 1;
    if (this.#table.estimate(slot) === undefined) {
      // Traffic is not known yet: a flight that is not ahead of its plan refuses nothing.
      const { goal, headStartMs } = this.#paced[slot]!;
      const used = pot.ingestedMicros + pot.ownMicros + pot.reservedMicros;
      if (used + goal.price <= goal.amount * this.#table.plannedShare(slot, nowMs + headStartMs)) return 1;
    }
    return this.#table.passRate(slot);
  }

  /** Counts the paced candidates of one decision as eligible traffic, whether or not they were let in. */
  count(examined: readonly Examined[]): void {
    for (let at = 0; at < examined.length; at++) {
      const slot = this.#slots[examined[at]!.flight.slot]!;
      if (slot !== NOT_PACED) this.#table.count(slot);
    }
  }

  /** Steps a sixtieth of the flights; call it once a second. */
  step(potOf: (item: IndexedLineItem, flight: IndexedFlight) => Pot, nowMs: number): void {
    for (let slot = this.#turn; slot < this.#paced.length; slot += TURNS) {
      const paced = this.#paced[slot];
      if (!paced || nowMs < paced.flight.startMs || nowMs >= paced.flight.endMs) continue;
      const left = availableIn(potOf(paced.item, paced.flight));
      this.#table.step(slot, Math.min(left, paced.goal.amount), paced.goal.price, nowMs);
    }
    this.#turn = (this.#turn + 1) % TURNS;
  }
}

function pacedGoals(item: IndexedLineItem): boolean {
  return item.source.pacing !== 'asap';
}

/** What a flight is paced towards: money at its price, or impressions one by one; null without a goal. */
function goalOf(item: IndexedLineItem, flight: IndexedFlight): Paced['goal'] | null {
  const { budgetMicros, impressionGoal } = flight.source;
  if (budgetMicros === null && impressionGoal !== null) return { amount: impressionGoal, price: 1 };
  const amount = budgetMicros ?? item.source.budgetMicros;
  return amount === null || item.priceMicros === 0 ? null : { amount, price: item.priceMicros };
}
