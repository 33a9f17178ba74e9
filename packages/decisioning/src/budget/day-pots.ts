import { dateOf, dayAt, endOfDay } from '../calendar/day.ts';
import type { Zone } from '../calendar/zone.ts';
import type { PotLimit, PotTable, PotUnit } from './pot-table.ts';

/** The key of the pot of one calendar day, e.g. `flt_1/2026-03-29`. */
export function dayPotKey(key: string, day: number): string {
  return `${key}/${dateOf(day)}`;
}

/** A daily budget, in the zone of its flight. */
export interface DailyBudget {
  readonly key: string;
  readonly zone: Zone;
  readonly limit: number;
  readonly unit?: PotUnit;
}

/** Takes the pot of a new day under lease. */
export type LeaseDayPot = (slot: number, key: string, budget: DailyBudget) => void;

/**
 * Daily budgets: each calendar day of a flight's zone has a pot of its own, so a promise made before midnight is
 * settled in the day it was made, and a day of 23 or 25 hours needs no thought. Made anew for every snapshot; the pots
 * themselves stay in the table.
 */
export class DayPots {
  readonly #table: PotTable;
  readonly #budgets: readonly DailyBudget[];
  readonly #slots: Int32Array;
  readonly #untilMs: Float64Array;

  readonly #lease: LeaseDayPot | undefined;

  /** @param lease with several nodes: the limit is the bank's to grant. Without it a day's pot holds the whole limit. */
  constructor(table: PotTable, budgets: readonly DailyBudget[], lease?: LeaseDayPot) {
    this.#table = table;
    this.#budgets = budgets;
    this.#lease = lease;
    this.#slots = new Int32Array(budgets.length);
    this.#untilMs = new Float64Array(budgets.length).fill(Number.NEGATIVE_INFINITY);
  }

  /** The slot of today's pot of the n-th budget. A new day's pot is opened on the way. */
  slotAt(index: number, nowMs: number): number {
    if (nowMs >= this.#untilMs[index]!) this.#roll(index, nowMs);
    return this.#slots[index]!;
  }

  /** Today's pots for {@link PotTable.rebase}. `ingested` is what the snapshot has counted, by {@link dayPotKey}. */
  limits(ingested: ReadonlyMap<string, number>, nowMs: number): PotLimit[] {
    return this.#budgets.map(({ key, zone, limit, unit = 'micros' }) => {
      const today = dayPotKey(key, dayAt(zone, nowMs));
      const ingestedMicros = ingested.get(today) ?? 0;
      return { key: today, limitMicros: limit, ingestedMicros, unit, isLeased: this.#lease !== undefined };
    });
  }

  #roll(index: number, nowMs: number): void {
    const budget = this.#budgets[index]!;
    const { key, zone, limit, unit = 'micros' } = budget;
    const day = dayAt(zone, nowMs);
    const today = dayPotKey(key, day);
    const isNew = this.#table.slotOf(today) === undefined;
    const slot = this.#table.open(today, unit);
    if (this.#lease) this.#lease(slot, today, budget);
    else if (isNew) this.#table.setLimit(slot, limit);
    this.#slots[index] = slot;
    this.#untilMs[index] = endOfDay(zone, day);
  }
}
