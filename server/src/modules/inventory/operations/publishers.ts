import { archivePublisher, createPublisher, listPublishers, updatePublisher } from '@cuepoint/contract';
import { and, count, eq } from 'drizzle-orm';
import { implement } from '../../../kernel/implement.ts';
import { newestFirst } from '../../../kernel/newest-first.ts';
import type { Tx } from '../../../kernel/unit-of-work.ts';
import { publicKey } from '../domain/default-placements.ts';
import type { InventoryPorts } from '../ports.ts';
import { showPublishers } from '../reads.ts';
import { appTable, placementTable, publisherTable } from '../tables.ts';
import { containing, rowOf } from './shared.ts';

export const noPublisher = (id: string) => `publisherId: no publisher ${id} in this account.`;

export function publisherOperations(ports: InventoryPorts) {
  const shown = async (tx: Tx, id: string) => {
    const row = await rowOf(tx, publisherTable, id);
    return row && (await showPublishers(tx, [row]))[0]!;
  };
  return [
    implement(listPublishers, async (input, { tx }) => {
      const match = and(
        eq(publisherTable.archived, input.archived),
        containing(publisherTable.name, input.search),
      );
      const page = newestFirst(input, { at: publisherTable.createdAt, id: publisherTable.id });
      const rows = await tx
        .select()
        .from(publisherTable)
        .where(and(match, page.beyond))
        .orderBy(...page.order)
        .limit(page.limit);
      const [total] = await tx.select({ n: count() }).from(publisherTable).where(match);
      const cut = page.cut(rows, (row) => row.createdAt);
      return {
        items: await showPublishers(tx, cut.shown),
        nextCursor: cut.nextCursor,
        total: total!.n,
      };
    }),

    implement(createPublisher, async (input, context) => {
      const { tx, accountId, now } = context;
      const id = ports.ids.next('publisher');
      await tx.insert(publisherTable).values({
        ...input,
        id,
        accountId,
        publisherKey: publicKey('pub', ports.random(10)),
        createdAt: now,
        updatedAt: now,
      });
      const after = (await shown(tx, id))!;
      context.record({ entity: { kind: 'publisher', id }, before: null, after });
      context.emit('inventory.changed', { kind: 'publisher', id });
      return after;
    }),

    implement(updatePublisher, async ({ publisherId, ...input }, context) => {
      const { tx, now } = context;
      const before = await shown(tx, publisherId);
      if (!before) return context.fail('publisher.not_found', noPublisher(publisherId));
      context.checkVersion(before.version);
      await tx
        .update(publisherTable)
        .set({
          name: input.name ?? before.name,
          domain: input.domain === undefined ? before.domain : input.domain,
          version: before.version + 1,
          updatedAt: now,
        })
        .where(eq(publisherTable.id, publisherId));
      const after = (await shown(tx, publisherId))!;
      context.record({ entity: { kind: 'publisher', id: publisherId }, before, after });
      context.emit('inventory.changed', { kind: 'publisher', id: publisherId });
      return after;
    }),

    implement(archivePublisher, async ({ publisherId }, context) => {
      const { tx, now } = context;
      const before = await shown(tx, publisherId);
      if (!before) return context.fail('publisher.not_found', noPublisher(publisherId));
      const [kept] = await tx
        .select({ id: placementTable.id })
        .from(placementTable)
        .where(and(eq(placementTable.publisherId, publisherId), eq(placementTable.isDefault, true)));
      if (kept)
        return context.fail(
          'placement.is_default',
          `publisherId: placement ${kept.id} of this publisher is the default of the account.`,
        );
      const archived = { archived: true, updatedAt: now };
      await tx.update(placementTable).set(archived).where(eq(placementTable.publisherId, publisherId));
      await tx.update(appTable).set(archived).where(eq(appTable.publisherId, publisherId));
      await tx
        .update(publisherTable)
        .set({ ...archived, version: before.version + 1 })
        .where(eq(publisherTable.id, publisherId));
      const after = (await shown(tx, publisherId))!;
      context.record({ entity: { kind: 'publisher', id: publisherId }, before, after });
      context.emit('inventory.changed', { kind: 'publisher', id: publisherId });
      return after;
    }),
  ];
}
