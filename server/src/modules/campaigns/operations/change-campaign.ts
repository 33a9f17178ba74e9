import {
  type CampaignDetail,
  deleteCampaign,
  getCampaign,
  setCampaignStatus,
  updateCampaign,
} from '@cuepoint/contract';
import { and, eq, ne } from 'drizzle-orm';
import { composeCampaignName, loadAxes } from '#modules/governance';
import { implement } from '../../../kernel/implement.ts';
import { dayOf, nextDay, startOfDay } from '../../../kernel/zoned-day.ts';
import { canMove } from '../domain/campaign-status.ts';
import { plannedMicros } from '../domain/planned-money.ts';
import type { CampaignsPorts } from '../ports.ts';
import { campaignDetail } from '../read-model.ts';
import { campaignTable, flightTable } from '../tables.ts';

function withoutLineItems({ lineItems: _, ...campaign }: CampaignDetail) {
  return campaign;
}

const notFound = (id: string) => `No campaign ${id} in this account.`;

export function changeCampaignOperations(ports: CampaignsPorts) {
  return [
    implement(getCampaign, async ({ campaignId }, context) => {
      const campaign = await campaignDetail(context.tx, campaignId, context.now, ports);
      return campaign ?? context.fail('campaign.not_found', notFound(campaignId));
    }),

    implement(updateCampaign, async (input, context) => {
      const { tx, now } = context;
      const before = await campaignDetail(tx, input.campaignId, now, ports);
      if (!before) return context.fail('campaign.not_found', notFound(input.campaignId));
      context.checkVersion(before.version);
      const startOn = input.startOn ?? dayOf(new Date(before.startAt), before.timeZone);
      const lastDay = dayOf(new Date(new Date(before.endAt).getTime() - 1), before.timeZone);
      const endOn = input.endOn ?? lastDay;
      if (endOn < startOn) {
        return context.fail('campaign.dates_invalid', `endOn: ${endOn} is before the first day ${startOn}.`);
      }
      const startAt = startOfDay(startOn, before.timeZone);
      const endAt = startOfDay(nextDay(endOn), before.timeZone);
      const budgetMicros = input.budgetMicros ?? before.budgetMicros;
      if (budgetMicros < before.spentMicros) {
        return context.fail('campaign.budget_invalid', 'budgetMicros: less than what is spent already.', {
          fields: [
            {
              field: 'budgetMicros',
              message: 'less than spent',
              value: budgetMicros,
              accepted: `at least ${before.spentMicros}`,
            },
          ],
        });
      }
      const label = input.label ?? before.label;
      let name = before.name;
      if (label !== before.label || startOn.slice(0, 4) !== before.startAt.slice(0, 4)) {
        const loaded = await loadAxes(tx, before);
        if (!loaded.ok) throw new Error(`campaign ${before.id} names a ${loaded.missing} that is gone`);
        const composed = composeCampaignName(loaded.axes, Number(startOn.slice(0, 4)), label);
        if (!composed.ok) {
          return context.fail('name.invalid', composed.problems.map((problem) => problem.message).join(' '));
        }
        name = composed.name;
        const [taken] = await tx
          .select({ id: campaignTable.id })
          .from(campaignTable)
          .where(and(eq(campaignTable.name, name), ne(campaignTable.id, before.id)));
        if (taken) return context.fail('name.taken', `label: there is a campaign ${name} already.`);
      }
      await tx
        .update(campaignTable)
        .set({
          name,
          label,
          description: input.description ?? before.description,
          objective: input.objective ?? before.objective,
          budgetMicros,
          startAt,
          endAt,
          version: before.version + 1,
          updatedAt: now,
        })
        .where(eq(campaignTable.id, before.id));
      const flights = before.lineItems.flatMap((item) =>
        item.flights.map((flight) => ({ ...flight, priceModel: item.priceModel, cpmMicros: item.cpmMicros })),
      );
      // An only flight goes along where it had the campaign's date or money; with several each keeps its own. Money is for
      // it alone: once there is another line item, more of it is meant for that one.
      const only = flights.length === 1 ? flights[0] : undefined;
      if (only) {
        const moved = {
          startAt: only.startAt === before.startAt ? startAt : new Date(only.startAt),
          endAt: only.endAt === before.endAt ? endAt : new Date(only.endAt),
          budgetMicros:
            before.lineItems.length === 1 && only.budgetMicros === before.budgetMicros
              ? budgetMicros
              : only.budgetMicros,
        };
        const isMoved =
          moved.startAt.toISOString() !== only.startAt ||
          moved.endAt.toISOString() !== only.endAt ||
          moved.budgetMicros !== only.budgetMicros;
        if (isMoved) {
          await tx
            .update(flightTable)
            .set({ ...moved, version: only.version + 1, updatedAt: now })
            .where(eq(flightTable.id, only.id));
          only.startAt = moved.startAt.toISOString();
          only.endAt = moved.endAt.toISOString();
          only.budgetMicros = moved.budgetMicros;
        }
      }
      const planned = flights.reduce((sum, flight) => sum + (plannedMicros(flight) ?? 0), 0);
      if (planned > budgetMicros) {
        return context.fail('campaign.budget_invalid', `budgetMicros: flights add up to ${planned} already.`);
      }
      if (flights.some((flight) => new Date(flight.startAt) < startAt || new Date(flight.endAt) > endAt)) {
        return context.fail(
          'campaign.dates_invalid',
          'A flight would lie outside the campaign; move it first.',
        );
      }
      const after = (await campaignDetail(tx, before.id, now, ports))!;
      context.record({
        entity: { kind: 'campaign', id: before.id },
        before: withoutLineItems(before),
        after: withoutLineItems(after),
      });
      // One record an object, so that each difference can be read backwards on its own.
      const was = before.lineItems.flatMap((item) => item.flights).find((flight) => flight.id === only?.id);
      const is = after.lineItems.flatMap((item) => item.flights).find((flight) => flight.id === only?.id);
      if (was && is && was.version !== is.version)
        context.record({ entity: { kind: 'flight', id: was.id }, before: was, after: is });
      context.emit('campaign.changed', { kind: 'campaign', id: before.id });
      return after;
    }),

    implement(setCampaignStatus, async ({ campaignId, status, reason }, context) => {
      const { tx, now } = context;
      const before = await campaignDetail(tx, campaignId, now, ports);
      if (!before) return context.fail('campaign.not_found', notFound(campaignId));
      context.checkVersion(before.version);
      const move = canMove(before.status, status, now, new Date(before.endAt));
      if (!move.ok) return context.fail('campaign.transition_denied', `status: ${move.why}`);
      await tx
        .update(campaignTable)
        .set({ status, version: before.version + 1, updatedAt: now })
        .where(eq(campaignTable.id, campaignId));
      const after = (await campaignDetail(tx, campaignId, now, ports))!;
      context.record({ entity: { kind: 'campaign', id: campaignId }, before, after, reason });
      context.emit('campaign.changed', { kind: 'campaign', id: campaignId });
      return after;
    }),

    implement(deleteCampaign, async ({ campaignId }, context) => {
      const { tx, now } = context;
      const before = await campaignDetail(tx, campaignId, now, ports);
      if (!before) return context.fail('campaign.not_found', notFound(campaignId));
      if (before.status === 'active') {
        return context.fail(
          'campaign.transition_denied',
          'An active campaign is not deleted; pause or complete it first.',
        );
      }
      const history = before.impressions > 0 || before.spentMicros > 0 || before.creativeCount > 0;
      if (history) {
        await tx
          .update(campaignTable)
          .set({ status: 'archived', version: before.version + 1, updatedAt: now })
          .where(eq(campaignTable.id, campaignId));
      } else {
        await tx.delete(campaignTable).where(eq(campaignTable.id, campaignId));
      }
      const after = history ? (await campaignDetail(tx, campaignId, now, ports))! : null;
      context.record({ entity: { kind: 'campaign', id: campaignId }, before, after });
      context.emit('campaign.changed', { kind: 'campaign', id: campaignId });
      return { campaignId, outcome: history ? ('archived' as const) : ('deleted' as const) };
    }),
  ];
}
