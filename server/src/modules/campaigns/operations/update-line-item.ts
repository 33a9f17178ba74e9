import { deleteLineItem, type LineItem, updateLineItem } from '@cuepoint/contract';
import { eq } from 'drizzle-orm';
import { implement } from '../../../kernel/implement.ts';
import { needsGoal } from '../domain/flight-rules.ts';
import { priorityOf } from '../domain/line-item-rules.ts';
import { canMoveLineItem } from '../domain/line-item-status.ts';
import { lineItemDetail } from '../line-item-reads.ts';
import type { CampaignsPorts } from '../ports.ts';
import { lineItemTable } from '../tables.ts';
import { noLineItem, requireFittingSettings, targetingOf } from './line-item-input.ts';

export function changeLineItemOperations(ports: CampaignsPorts) {
  return [
    implement(updateLineItem, async (input, context) => {
      const { tx, now } = context;
      const before = await lineItemDetail(tx, input.lineItemId, now, ports);
      if (!before) return context.fail('line_item.not_found', noLineItem(input.lineItemId));
      context.checkVersion(before.version);
      const status = input.status ?? before.status;
      const move = canMoveLineItem(before.status, status);
      if (!move.ok) return context.fail('campaign.transition_denied', `status: ${move.why}`);
      const type = input.type ?? before.type;
      // A place that came with the type goes with it.
      const stays = type === before.type || before.priority !== priorityOf(before.type, undefined);
      const settings = {
        type,
        priceModel: input.priceModel ?? before.priceModel,
        flatMicros: input.flatMicros === undefined ? before.flatMicros : input.flatMicros,
        sharePercent: input.sharePercent === undefined ? before.sharePercent : input.sharePercent,
        dayparts: input.dayparts ?? before.dayparts,
        frequencyCaps: input.frequencyCaps ?? before.frequencyCaps,
        separation: input.separation ?? before.separation,
      };
      requireFittingSettings(settings, context.fail);
      const aimless = before.flights.find(
        (flight) => flight.budgetMicros === null && flight.impressionGoal === null,
      );
      if (aimless && needsGoal(type))
        return context.fail(
          'flight.invalid',
          `type: flight ${aimless.id} has neither budget nor goal, which type ${type} needs; accepted: sponsorship or house, or a goal for the flight first.`,
        );
      await tx
        .update(lineItemTable)
        .set({
          ...settings,
          name: input.name ?? before.name,
          status,
          priority: input.priority ?? (stays ? before.priority : priorityOf(type, undefined)),
          cpmMicros: input.cpmMicros ?? before.cpmMicros,
          pacing: input.pacing ?? before.pacing,
          targeting: targetingOf(input, before.targeting, context.fail),
          podPosition: input.podPosition ?? before.podPosition,
          rotation: input.rotation ?? before.rotation,
          version: before.version + 1,
          updatedAt: now,
        })
        .where(eq(lineItemTable.id, before.id));
      const after = (await lineItemDetail(tx, before.id, now, ports))!;
      context.record({
        entity: { kind: 'line_item', id: before.id },
        before: withoutExpectations(before),
        after: withoutExpectations(after),
      });
      context.emit('line_item.changed', { kind: 'line_item', id: before.id });
      return after;
    }),

    implement(deleteLineItem, async ({ lineItemId }, context) => {
      const { tx, now } = context;
      const before = await lineItemDetail(tx, lineItemId, now, ports);
      if (!before) return context.fail('line_item.not_found', noLineItem(lineItemId));
      // A creative that belongs to it alone would go with it.
      const own = (await ports.creativesOfCampaigns(tx, [before.campaignId])).some(
        (creative) => creative.lineItemId === lineItemId,
      );
      const hasHistory = own || before.impressions > 0 || before.spentMicros > 0;
      if (hasHistory)
        await tx
          .update(lineItemTable)
          .set({ status: 'completed', version: before.version + 1, updatedAt: now })
          .where(eq(lineItemTable.id, lineItemId));
      else await tx.delete(lineItemTable).where(eq(lineItemTable.id, lineItemId));
      const after = hasHistory ? (await lineItemDetail(tx, lineItemId, now, ports))! : null;
      context.record({ entity: { kind: 'line_item', id: lineItemId }, before, after });
      context.emit('line_item.changed', { kind: 'line_item', id: lineItemId });
      return { lineItemId, outcome: hasHistory ? ('completed' as const) : ('deleted' as const) };
    }),
  ];
}

/** For the audit trail: what is expected of a flight follows from what was changed, and is no change of its flights. */
function withoutExpectations(item: LineItem): Record<string, unknown> {
  return { ...item, flights: item.flights.map(({ expectedMicros: _, ...flight }) => flight) };
}
