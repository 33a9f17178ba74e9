import { flightRowsOf, lineItemsOf } from '#modules/campaigns';
import { addHours, deliveryTotalsFor } from '#modules/events';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { generateHistory } from './domain/history.ts';
import type { DemoPorts } from './ports.ts';

/** Writes what a campaign delivered up to the hour under way, unless anything is there already. */
export async function writeHistory(
  scene: { accountId: string; campaignId: string; creativeId: string; seed: number; requestsPerHour: number },
  ports: DemoPorts,
): Promise<void> {
  const { accountId, campaignId, creativeId, seed, requestsPerHour } = scene;
  const facts = await ports.unitOfWork.withTransaction({ role: 'app', accountId }, async (tx) => ({
    items: await lineItemsOf(tx, campaignId),
    flights: await flightRowsOf(tx, campaignId),
    placementId: await ports.defaultPlacementId(tx, accountId),
    written: await hasDelivery(tx, campaignId),
  }));
  const [item] = facts.items;
  const flights = facts.flights.filter((one) => one.lineItemId === item?.id);
  const [flight] = flights;
  if (!item || !flight || !facts.placementId || facts.written) return;
  const rows = generateHistory({
    accountId,
    placementId: facts.placementId,
    lineItem: {
      id: item.id,
      campaignId,
      cpmMicros: item.cpmMicros,
      currency: item.currency,
      flights: flights.map((one) => ({
        id: one.id,
        startAt: one.startAt.toISOString(),
        endAt: one.endAt.toISOString(),
        timeZone: one.timeZone,
        budgetMicros: one.budgetMicros,
        impressionGoal: one.impressionGoal,
        dailyBudgetMicros: one.dailyBudgetMicros,
      })),
    },
    creativeId,
    fromMs: flight.startAt.getTime(),
    // The hour under way belongs to real delivery.
    untilMs: Math.floor(ports.clock.now().getTime() / 3_600_000) * 3_600_000,
    seed,
    requestsPerHour,
  });
  await ports.unitOfWork.withTransaction({ role: 'ingester' }, (tx) => addHours(tx, rows));
}

async function hasDelivery(tx: Tx, campaignId: string): Promise<boolean> {
  return (await deliveryTotalsFor(tx, [campaignId])).size > 0;
}
