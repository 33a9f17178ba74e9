import { listDeliveryEvents } from '@cuepoint/contract';
import { findCampaign } from '#modules/campaigns';
import { storedEventCount, storedEventsOf } from '#modules/events';
import { decodeCursor, encodeCursor } from '../../../kernel/cursor.ts';
import { implement } from '../../../kernel/implement.ts';

export function listDeliveryEventsOperation() {
  return implement(listDeliveryEvents, async (input, context) => {
    const { tx } = context;
    const campaign = await findCampaign(tx, input.campaignId);
    if (campaign === null)
      return context.fail(
        'campaign.not_found',
        `campaignId: no campaign ${input.campaignId} in this account.`,
      );
    const cursor = decodeCursor(input.cursor);
    const [position = '', event = '', invalid = ''] = cursor?.id.split(' ') ?? [];
    const after = cursor && {
      decisionId: cursor.key,
      position: Math.trunc(Number(position)) || 0,
      event,
      invalid,
    };
    const rows = await storedEventsOf(tx, campaign.id, { after, limit: input.limit + 1 });
    const shown = rows.slice(0, input.limit);
    const last = shown.at(-1);
    return {
      items: shown.map(({ campaignId: _, ...row }) => row),
      nextCursor:
        rows.length > input.limit && last
          ? encodeCursor({ key: last.decisionId, id: `${last.position} ${last.event} ${last.invalid ?? ''}` })
          : null,
      total: await storedEventCount(tx, campaign.id),
    };
  });
}
