import { getLineItem, listLineItems } from '@cuepoint/contract';
import { and, count, eq, ilike, inArray, or } from 'drizzle-orm';
import { implement } from '../../../kernel/implement.ts';
import { newestFirst } from '../../../kernel/newest-first.ts';
import { lineItemDetail, showLineItems } from '../line-item-reads.ts';
import type { CampaignsPorts } from '../ports.ts';
import { lineItemTable } from '../tables.ts';
import { noLineItem } from './line-item-input.ts';

export function readLineItemOperations(ports: CampaignsPorts) {
  return [
    implement(listLineItems, async (input, { tx, now }) => {
      const { campaignId, status, type, search } = input;
      const match = and(
        campaignId ? eq(lineItemTable.campaignId, campaignId) : undefined,
        status && status.length > 0 ? inArray(lineItemTable.status, status) : undefined,
        type && type.length > 0 ? inArray(lineItemTable.type, type) : undefined,
        search
          ? or(
              // `%` and `_` mean themselves.
              ilike(lineItemTable.name, `%${search.replace(/[\\%_]/g, '\\$&')}%`),
              eq(lineItemTable.id, search),
            )
          : undefined,
      );
      const page = newestFirst(input, { at: lineItemTable.createdAt, id: lineItemTable.id });
      const rows = await tx
        .select()
        .from(lineItemTable)
        .where(and(match, page.beyond))
        .orderBy(...page.order)
        .limit(page.limit);
      const [total] = await tx.select({ n: count() }).from(lineItemTable).where(match);
      const { shown, nextCursor } = page.cut(rows, (row) => row.createdAt);
      return { items: await showLineItems(tx, shown, now, ports), nextCursor, total: total!.n };
    }),

    implement(getLineItem, async ({ lineItemId }, context) => {
      const item = await lineItemDetail(context.tx, lineItemId, context.now, ports);
      return item ?? context.fail('line_item.not_found', noLineItem(lineItemId));
    }),
  ];
}
