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
      // With one flight the campaign's dates and money are the flight's; with several each keeps its own.
      const flights = before.lineItems.flatMap((item) => item.flights);
      const [only] = flights;
      const sameFlight =
        only?.startAt === startAt.toISOString() &&
        only.endAt === endAt.toISOString() &&
        only.budgetMicros === budgetMicros;
      if (flights.length === 1 && !sameFlight) {
        await tx
          .update(flightTable)
          .set({ startAt, endAt, budgetMicros, version: flights[0]!.version + 1, updatedAt: now })
          .where(eq(flightTable.id, flights[0]!.id));
      } else if (flights.length > 1) {
        const planned = flights.reduce((sum, flight) => sum + flight.budgetMicros, 0);
        if (planned > budgetMicros) {
          return context.fail(
            'campaign.budget_invalid',
            `budgetMicros: flights add up to ${planned} already.`,
          );
        }
        if (flights.some((flight) => new Date(flight.startAt) < startAt || new Date(flight.endAt) > endAt)) {
          return context.fail(
            'campaign.dates_invalid',
            'A flight would lie outside the campaign; move it first.',
          );
        }
      }
      const after = (await campaignDetail(tx, before.id, now, ports))!;
      context.record({
        entity: { kind: 'campaign', id: before.id },
        before: withoutLineItems(before),
        after: withoutLineItems(after),
      });
      // One record an object, so that each difference can be read backwards on its own.
      const moved = after.lineItems.flatMap((item) => item.flights).find((flight) => flight.id === only?.id);
      if (only && moved && moved.version !== only.version)
        context.record({ entity: { kind: 'flight', id: only.id }, before: only, after: moved });
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
