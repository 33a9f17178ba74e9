import { archiveApp, createApp, listApps, updateApp } from '@cuepoint/contract';
import { and, count, eq } from 'drizzle-orm';
import { implement } from '../../../kernel/implement.ts';
import { newestFirst } from '../../../kernel/newest-first.ts';
import type { Tx } from '../../../kernel/unit-of-work.ts';
import type { InventoryPorts } from '../ports.ts';
import { showApps } from '../reads.ts';
import { appTable, placementTable, publisherTable } from '../tables.ts';
import { noPublisher } from './publishers.ts';
import { changed, containing, rowOf } from './shared.ts';

const noApp = (id: string) => `appId: no app ${id} in this account.`;

export function appOperations(ports: InventoryPorts) {
  const shown = async (tx: Tx, id: string) => {
    const row = await rowOf(tx, appTable, id);
    return row && (await showApps(tx, [row]))[0]!;
  };
  return [
    implement(listApps, async (input, { tx }) => {
      const match = and(
        eq(appTable.archived, input.archived),
        input.publisherId ? eq(appTable.publisherId, input.publisherId) : undefined,
        containing(appTable.name, input.search),
      );
      const page = newestFirst(input, { at: appTable.createdAt, id: appTable.id });
      const rows = await tx
        .select()
        .from(appTable)
        .where(and(match, page.beyond))
        .orderBy(...page.order)
        .limit(page.limit);
      const [total] = await tx.select({ n: count() }).from(appTable).where(match);
      const cut = page.cut(rows, (row) => row.createdAt);
      return { items: await showApps(tx, cut.shown), nextCursor: cut.nextCursor, total: total!.n };
    }),

    implement(createApp, async (input, context) => {
      const { tx, accountId, now } = context;
      const publisher = await rowOf(tx, publisherTable, input.publisherId);
      if (!publisher || publisher.archived)
        return context.fail('publisher.not_found', noPublisher(input.publisherId));
      const id = ports.ids.next('app');
      await tx.insert(appTable).values({ ...input, id, accountId, createdAt: now, updatedAt: now });
      const after = (await shown(tx, id))!;
      context.record({ entity: { kind: 'app', id }, before: null, after });
      context.emit('inventory.changed', { kind: 'app', id });
      return after;
    }),

    implement(updateApp, async ({ appId, ...input }, context) => {
      const { tx, now } = context;
      const before = await shown(tx, appId);
      if (!before) return context.fail('app.not_found', noApp(appId));
      context.checkVersion(before.version);
      const { name, kind, bundle, domain, storeUrl, storeId, network, channelName, categories } = before;
      const settings = { name, kind, bundle, domain, storeUrl, storeId, network, channelName, categories };
      await tx
        .update(appTable)
        .set({ ...changed(settings, input), version: before.version + 1, updatedAt: now })
        .where(eq(appTable.id, appId));
      const after = (await shown(tx, appId))!;
      context.record({ entity: { kind: 'app', id: appId }, before, after });
      context.emit('inventory.changed', { kind: 'app', id: appId });
      return after;
    }),

    implement(archiveApp, async ({ appId }, context) => {
      const { tx, now } = context;
      const before = await shown(tx, appId);
      if (!before) return context.fail('app.not_found', noApp(appId));
      const [used] = await tx
        .select({ n: count() })
        .from(placementTable)
        .where(and(eq(placementTable.appId, appId), eq(placementTable.archived, false)));
      if (used!.n > 0) return context.fail('app.in_use', `appId: ${used!.n} placements lie in this app.`);
      await tx
        .update(appTable)
        .set({ archived: true, version: before.version + 1, updatedAt: now })
        .where(eq(appTable.id, appId));
      const after = (await shown(tx, appId))!;
      context.record({ entity: { kind: 'app', id: appId }, before, after });
      context.emit('inventory.changed', { kind: 'app', id: appId });
      return after;
    }),
  ];
}
