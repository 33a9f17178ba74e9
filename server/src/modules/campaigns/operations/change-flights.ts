import { createFlight, deleteFlight, updateFlight } from '@cuepoint/contract';
import { eq } from 'drizzle-orm';
import { type HandlerContext, implement } from '../../../kernel/implement.ts';
import type { Tx } from '../../../kernel/unit-of-work.ts';
import { flightRefusal } from '../domain/flight-rules.ts';
import type { LineItemSettings } from '../domain/line-item-rules.ts';
import { plannedMicros } from '../domain/planned-money.ts';
import { lineItemDetail, showFlight } from '../line-item-reads.ts';
import type { CampaignsPorts } from '../ports.ts';
import { flightTable, lineItemTable } from '../tables.ts';
import { flightRowsOf, lineItemWithCampaign, noLineItem, requireMoney } from './line-item-input.ts';

const noFlight = (id: string) => `flightId: no flight ${id} in this account.`;

export function flightOperations(ports: CampaignsPorts) {
  return [
    implement(createFlight, async ({ lineItemId, ...input }, context) => {
      const { tx, accountId, now } = context;
      const found = await lineItemWithCampaign(tx, lineItemId);
      if (!found) return context.fail('line_item.not_found', noLineItem(lineItemId));
      const { item, campaign } = found;
      const others = await flightRowsOf(tx, [lineItemId]);
      const flight = {
        ...input,
        name: input.name ?? `Flight ${others.length + 1}`,
        startAt: new Date(input.startAt),
        endAt: new Date(input.endAt),
        timeZone: input.timeZone ?? campaign.timeZone,
      };
      const type = item.type as LineItemSettings['type'];
      const refusal = flightRefusal(flight, { type, campaign, others });
      if (refusal) return context.fail(refusal.code, refusal.detail, { fields: refusal.fields });
      const planned = plannedMicros({ ...item, ...flight }) ?? 0;
      const field = moneyField(flight);
      if (planned > 0) await requireMoney(tx, campaign, { planned, field }, context.fail);
      const id = ports.ids.next('flight');
      await tx
        .insert(flightTable)
        .values({ ...flight, id, accountId, lineItemId, createdAt: now, updatedAt: now });
      return finish(tx, context, { lineItemId, flightId: id, before: null }, ports);
    }),

    implement(updateFlight, async ({ flightId, ...input }, context) => {
      const { tx, now } = context;
      const before = await flightRow(tx, flightId);
      const found = before && (await lineItemWithCampaign(tx, before.lineItemId));
      if (!before || !found) return context.fail('flight.not_found', noFlight(flightId));
      context.checkVersion(before.version);
      const { item, campaign } = found;
      const flight = {
        name: input.name ?? before.name,
        startAt: input.startAt === undefined ? before.startAt : new Date(input.startAt),
        endAt: input.endAt === undefined ? before.endAt : new Date(input.endAt),
        timeZone: input.timeZone ?? before.timeZone,
        budgetMicros: input.budgetMicros === undefined ? before.budgetMicros : input.budgetMicros,
        impressionGoal: input.impressionGoal === undefined ? before.impressionGoal : input.impressionGoal,
        dailyBudgetMicros:
          input.dailyBudgetMicros === undefined ? before.dailyBudgetMicros : input.dailyBudgetMicros,
      };
      const others = (await flightRowsOf(tx, [item.id])).filter((other) => other.id !== flightId);
      const type = item.type as LineItemSettings['type'];
      const refusal = flightRefusal(flight, { type, campaign, others });
      if (refusal) return context.fail(refusal.code, refusal.detail, { fields: refusal.fields });
      const spent = (await ports.deliveredByFlight(tx, [flightId])).get(flightId)?.spentMicros ?? 0;
      if (flight.budgetMicros !== null && flight.budgetMicros < spent)
        return context.fail('campaign.budget_invalid', 'budgetMicros: less than what is spent already.', {
          fields: [
            {
              field: 'budgetMicros',
              message: 'less than spent',
              value: flight.budgetMicros,
              accepted: `at least ${spent}`,
            },
          ],
        });
      const planned = plannedMicros({ ...item, ...flight }) ?? 0;
      // What a flight plans already is let stand: money of others may have changed since.
      if (planned > (plannedMicros({ ...item, ...before }) ?? 0))
        await requireMoney(
          tx,
          campaign,
          { planned, withoutFlight: flightId, field: moneyField(flight) },
          context.fail,
        );
      await tx
        .update(flightTable)
        .set({ ...flight, version: before.version + 1, updatedAt: now })
        .where(eq(flightTable.id, flightId));
      return finish(tx, context, { lineItemId: item.id, flightId, before }, ports);
    }),

    implement(deleteFlight, async ({ flightId }, context) => {
      const { tx } = context;
      const before = await flightRow(tx, flightId);
      if (!before) return context.fail('flight.not_found', noFlight(flightId));
      const delivered = (await ports.deliveredByFlight(tx, [flightId])).get(flightId);
      if (delivered && (delivered.impressions > 0 || delivered.spentMicros > 0))
        return context.fail(
          'flight.has_delivery',
          `flightId: the flight has delivered ${delivered.impressions} impressions.`,
        );
      await tx.delete(flightTable).where(eq(flightTable.id, flightId));
      return finish(tx, context, { lineItemId: before.lineItemId, flightId, before }, ports);
    }),
  ];
}

type Row = typeof flightTable.$inferSelect;

async function flightRow(tx: Tx, flightId: string): Promise<Row | null> {
  const [row] = await tx.select().from(flightTable).where(eq(flightTable.id, flightId));
  return row ?? null;
}

const moneyField = (flight: { budgetMicros: number | null }) =>
  flight.budgetMicros === null ? 'impressionGoal' : 'budgetMicros';

/** Marks the line item as changed, so that serving sees it, and says what became of the flight. */
async function finish(
  tx: Tx,
  context: Pick<HandlerContext, 'now' | 'record' | 'emit'>,
  change: { lineItemId: string; flightId: string; before: Row | null },
  ports: CampaignsPorts,
) {
  const { lineItemId, flightId } = change;
  await tx.update(lineItemTable).set({ updatedAt: context.now }).where(eq(lineItemTable.id, lineItemId));
  const after = await flightRow(tx, flightId);
  const shown = (row: Row | null) => {
    if (row === null) return null;
    const { spentMicros: _, impressions: __, ...settings } = showFlight(row, undefined);
    return settings;
  };
  context.record({
    entity: { kind: 'flight', id: flightId },
    before: shown(change.before),
    after: shown(after),
  });
  context.emit('line_item.changed', { kind: 'line_item', id: lineItemId });
  return (await lineItemDetail(tx, lineItemId, context.now, ports))!;
}
