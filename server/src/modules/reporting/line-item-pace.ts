import type { LineItem } from '@cuepoint/contract';
import { expectedSpendMicros, findLineItem, flightsOf } from '#modules/campaigns';
import { spendByHour } from '#modules/events';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { deliveredByLineItem } from './delivered.ts';
import { cumulative, curveInstants } from './domain/pacing-curve.ts';

export interface LineItemPace {
  lineItemName: string;
  currency: string;
  pacing: LineItem['pacing'];
  spentMicros: number;
  /** What the plan asks for by now. */
  expectedMicros: number;
  impressions: number;
  /** Cumulative spend an hour, and what the plan of the flights asks for; empty without a flight. */
  curve: Array<{ at: string; spentMicros: number | null; expectedMicros: number }>;
}

/** Expected against actual of one line item; null when the account has none of this id. Role app. */
export async function lineItemPace(tx: Tx, lineItemId: string, now: Date): Promise<LineItemPace | null> {
  const item = await findLineItem(tx, lineItemId);
  if (item === null) return null;
  const flights = (await flightsOf(tx, item.campaignId)).filter((flight) => flight.lineItemId === item.id);
  const delivered = (await deliveredByLineItem(tx, [item.id])).get(item.id);
  const instants =
    flights.length === 0
      ? []
      : curveInstants(
          new Date(Math.min(...flights.map((flight) => flight.startAt.getTime()))),
          new Date(Math.max(...flights.map((flight) => flight.endAt.getTime()))),
          now,
        );
  const hours =
    instants.length === 0 ? [] : await spendByHour(tx, item.campaignId, item.currency, new Date(0), item.id);
  const spent = cumulative(instants, hours, now);
  return {
    lineItemName: item.name,
    currency: item.currency,
    pacing: item.pacing as LineItem['pacing'],
    expectedMicros: expectedSpendMicros(flights, now),
    spentMicros: delivered?.spentMicros ?? 0,
    impressions: delivered?.impressions ?? 0,
    curve: instants.map((at, index) => ({
      at: at.toISOString(),
      spentMicros: spent[index] ?? null,
      expectedMicros: expectedSpendMicros(flights, at),
    })),
  };
}
