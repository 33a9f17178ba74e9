import {
  createBrand,
  createChannel,
  createMarket,
  listBrands,
  listChannels,
  listMarkets,
  type OutputOf,
} from '@cuepoint/contract';
import { and, count, eq, gt } from 'drizzle-orm';
import { decodeCursor, encodeCursor } from '../../../kernel/cursor.ts';
import type { Ids } from '../../../kernel/ids.ts';
import { implement } from '../../../kernel/implement.ts';
import type { Tx } from '../../../kernel/unit-of-work.ts';
import { brandTable, channelTable, marketTable } from '../tables.ts';

type Brand = OutputOf<typeof createBrand>;
type Market = OutputOf<typeof createMarket>;
type Channel = OutputOf<typeof createChannel>;

/** Create and list for the three axes of governance; all are ordered by code. */
export function catalogueOperations(ids: Ids) {
  return [
    implement(listMarkets, async (input, { tx }) => page(tx, marketTable, input, showMarket)),
    implement(listBrands, async (input, { tx }) => page(tx, brandTable, input, showBrand)),
    implement(listChannels, async (input, { tx }) => page(tx, channelTable, input, showChannel)),

    implement(createMarket, async (input, context) => {
      const { tx, accountId, now } = context;
      const [row] = await tx
        .insert(marketTable)
        .values({ ...input, id: ids.next('market'), accountId, createdAt: now, updatedAt: now })
        .onConflictDoNothing({ target: [marketTable.accountId, marketTable.code] })
        .returning();
      if (!row) return context.fail('code.taken', `code: there is a market ${input.code} already.`);
      const market = showMarket(row);
      context.record({ entity: { kind: 'market', id: market.id }, before: null, after: market });
      context.emit('governance.changed', { kind: 'market', id: market.id });
      return market;
    }),

    implement(createBrand, async (input, context) => {
      const { tx, accountId, now } = context;
      const [row] = await tx
        .insert(brandTable)
        .values({ ...input, id: ids.next('brand'), accountId, createdAt: now, updatedAt: now })
        .onConflictDoNothing({ target: [brandTable.accountId, brandTable.code] })
        .returning();
      if (!row) return context.fail('code.taken', `code: there is a brand ${input.code} already.`);
      const brand = showBrand(row);
      context.record({ entity: { kind: 'brand', id: brand.id }, before: null, after: brand });
      context.emit('governance.changed', { kind: 'brand', id: brand.id });
      return brand;
    }),

    implement(createChannel, async (input, context) => {
      const { tx, accountId, now } = context;
      const [row] = await tx
        .insert(channelTable)
        .values({ ...input, id: ids.next('channel'), accountId, createdAt: now, updatedAt: now })
        .onConflictDoNothing({ target: [channelTable.accountId, channelTable.code] })
        .returning();
      if (!row) return context.fail('code.taken', `code: there is a channel ${input.code} already.`);
      const channel = showChannel(row);
      context.record({ entity: { kind: 'channel', id: channel.id }, before: null, after: channel });
      context.emit('governance.changed', { kind: 'channel', id: channel.id });
      return channel;
    }),
  ];
}

type AxisTable = typeof marketTable | typeof brandTable | typeof channelTable;

async function page<T extends AxisTable, O>(
  tx: Tx,
  table: T,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
  show: (row: T['$inferSelect']) => O,
): Promise<{ items: O[]; nextCursor: string | null; total: number }> {
  const after = decodeCursor(cursor);
  const shown = eq(table.archived, false);
  const rows = await tx
    .select()
    .from(table as AxisTable)
    .where(and(shown, after ? gt(table.code, after.key) : undefined))
    .orderBy(table.code)
    .limit(limit + 1);
  const [total] = await tx
    .select({ n: count() })
    .from(table as AxisTable)
    .where(shown);
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return {
    items: items.map((row) => show(row as T['$inferSelect'])),
    nextCursor: rows.length > limit && last ? encodeCursor({ key: last.code, id: last.id }) : null,
    total: total!.n,
  };
}

const times = (row: { version: number; createdAt: Date; updatedAt: Date }) => ({
  version: row.version,
  createdAt: row.createdAt.toISOString(),
  updatedAt: row.updatedAt.toISOString(),
});

export function showMarket(row: typeof marketTable.$inferSelect): Market {
  const { id, code, name, countryCode, currency, timeZone, language, archived } = row;
  return { id, code, name, countryCode, currency, timeZone, language, archived, ...times(row) };
}

export function showBrand(row: typeof brandTable.$inferSelect): Brand {
  const { id, code, name, domain, categories, familyFriendly, colors, archived } = row;
  return { id, code, name, domain, categories, familyFriendly, colors, archived, ...times(row) };
}

export function showChannel(row: typeof channelTable.$inferSelect): Channel {
  const { id, code, name, archived } = row;
  return { id, code, name, platform: row.platform as Channel['platform'], archived, ...times(row) };
}
