import { readPotKey } from '../../../kernel/delivery-protocol.ts';
import type { PotTerms } from './pot-terms.ts';

/** What was counted of one flight, by one node or by all. */
export interface Counted {
  readonly lineItemId: string;
  readonly flightId: string;
  readonly micros: number;
  readonly impressions: number;
}

/** Counted spend by line item, for questions about single pots. Amounts are in the unit of the pot. */
export class CountedIndex<Row extends Counted> {
  readonly #rows = new Map<string, Row[]>();

  constructor(rows: readonly Row[]) {
    for (const row of rows) {
      const known = this.#rows.get(row.lineItemId);
      if (known) known.push(row);
      else this.#rows.set(row.lineItemId, [row]);
    }
  }

  /** All that was counted of a pot. */
  of(at: PotTerms, key: string): number {
    let total = 0;
    for (const row of this.#of(at)) total += amountOf(row, key);
    return total;
  }

  /** The same by node. */
  byNode(this: CountedIndex<Counted & { node: string }>, at: PotTerms, key: string): Map<string, number> {
    const sums = new Map<string, number>();
    for (const row of this.#of(at)) sums.set(row.node, (sums.get(row.node) ?? 0) + amountOf(row, key));
    return sums;
  }

  #of({ lineItemId, flightId }: PotTerms): Row[] {
    const rows = this.#rows.get(lineItemId) ?? [];
    return flightId === null ? rows : rows.filter((row) => row.flightId === flightId);
  }
}

/** By line item and by flight, what rows of one node say: for pots that no snapshot names any more, too. */
export function countedByKey(rows: readonly Counted[]): (key: string) => number {
  const sums = new Map<string, { micros: number; impressions: number }>();
  for (const { lineItemId, flightId, micros, impressions } of rows)
    for (const id of [lineItemId, flightId]) {
      const sum = sums.get(id) ?? { micros: 0, impressions: 0 };
      sum.micros += micros;
      sum.impressions += impressions;
      sums.set(id, sum);
    }
  return (key) => {
    const parts = readPotKey(key);
    const sum = parts === null ? undefined : sums.get(parts.id);
    return sum === undefined ? 0 : amountOf(sum, key);
  };
}

function amountOf(sum: { micros: number; impressions: number }, key: string): number {
  return readPotKey(key)?.kind === 'count' ? sum.impressions : sum.micros;
}
