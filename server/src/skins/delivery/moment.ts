import { currentFlight } from '@cuepoint/decisioning';
import type { AccountReadings, DecisionRecord, LineItemState } from '../../kernel/delivery-protocol.ts';
import type { Counters } from './counters.ts';
import { readingOf } from './decision-record.ts';
import type { ServingState } from './serving-state.ts';

type Held = Pick<ServingState, 'index' | 'hash'>;

/** Counters of the moment of every running line item of an account, for one viewer. */
export function readingsOfAccount(
  { index, hash }: Held,
  counters: Counters,
  accountId: string,
  identity: readonly [number, number] | null,
  atMs: number,
): AccountReadings {
  const readings = counters.readingsAt(identity, atMs);
  const taken: DecisionRecord['readings'] = [];
  for (const block of index.accounts.get(accountId)?.blocks ?? [])
    for (const item of block.items) {
      const flight = currentFlight(item, atMs);
      if (!flight) continue;
      const hasCreativeCap = item.caps.some((cap) => cap.scope === 'creative');
      taken.push(
        readingOf({
          item,
          flight,
          affordable: readings.affordable(item, flight),
          passRate: readings.passRate(item, flight),
          room: item.caps.length === 0 ? Number.POSITIVE_INFINITY : readings.room(item),
          sequence: readings.sequence(item),
          creativeRooms: hasCreativeCap
            ? item.assignments.map((assignment) => readings.creativeRoom(item, assignment))
            : null,
        }),
      );
    }
  return { snapshotHash: hash, readings: taken };
}

/** Money and pass rate of one line item at a moment; null when it is not in the snapshot. */
export function stateOfLineItem(
  { index }: Held,
  counters: Counters,
  accountId: string,
  lineItemId: string,
  nowMs: number,
): LineItemState | null {
  const item = index.lineItems.get(lineItemId);
  if (item?.accountId !== accountId) return null;
  const flight = currentFlight(item, nowMs);
  return {
    ...counters.moneyOf(item, flight),
    passRate: flight ? counters.pacer.passRate(flight, counters.pots.paced(item, flight), nowMs) : 0,
  };
}
