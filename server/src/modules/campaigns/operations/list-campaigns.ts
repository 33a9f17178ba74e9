import { listCampaigns } from '@cuepoint/contract';
import { and, asc, count, desc, eq, ilike, inArray, ne, or, type SQL, sql } from 'drizzle-orm';
import { axisNames } from '#modules/governance';
import { decodeCursor, encodeCursor } from '../../../kernel/cursor.ts';
import { implement } from '../../../kernel/implement.ts';
import type { CampaignsPorts } from '../ports.ts';
import { showCampaigns } from '../read-model.ts';
import { campaignTable } from '../tables.ts';

const sortColumns = {
  name: campaignTable.name,
  startAt: campaignTable.startAt,
  endAt: campaignTable.endAt,
  budgetMicros: campaignTable.budgetMicros,
  createdAt: campaignTable.createdAt,
} as const;

export function listCampaignsOperation(ports: CampaignsPorts) {
  return implement(listCampaigns, async (input, { tx, now }) => {
    const match = and(
      input.status && input.status.length > 0
        ? inArray(campaignTable.status, input.status)
        : ne(campaignTable.status, 'archived'),
      input.brandId ? eq(campaignTable.brandId, input.brandId) : undefined,
      input.marketId ? eq(campaignTable.marketId, input.marketId) : undefined,
      input.search ? await matching(input.search, tx) : undefined,
    );
    const column = sortColumns[input.sort];
    const after = decodeCursor(input.cursor, keyKinds[input.sort]);
    // The key is compared as text of the column's own type, so that one cursor serves every sort.
    const beyond: SQL | undefined = after
      ? input.order === 'asc'
        ? sql`(${column}, ${campaignTable.id}) > (${after.key}::${sql.raw(column.getSQLType())}, ${after.id})`
        : sql`(${column}, ${campaignTable.id}) < (${after.key}::${sql.raw(column.getSQLType())}, ${after.id})`
      : undefined;
    const direction = input.order === 'asc' ? asc : desc;
    const rows = await tx
      .select()
      .from(campaignTable)
      .where(and(match, beyond))
      .orderBy(direction(column), direction(campaignTable.id))
      .limit(input.limit + 1);
    const [total] = await tx.select({ n: count() }).from(campaignTable).where(match);
    const shown = rows.slice(0, input.limit);
    const last = shown.at(-1);
    return {
      items: await showCampaigns(tx, shown, now, ports),
      nextCursor:
        rows.length > input.limit && last
          ? encodeCursor({ key: keyText(last[input.sort]), id: last.id })
          : null,
      total: total!.n,
    };
  });
}

const keyKinds = {
  name: 'text',
  startAt: 'instant',
  endAt: 'instant',
  budgetMicros: 'integer',
  createdAt: 'instant',
} as const;

/** Name, label or brand contains the text; `%` and `_` mean themselves. */
async function matching(search: string, tx: Parameters<typeof axisNames>[0]): Promise<SQL | undefined> {
  const pattern = `%${search.replace(/[\\%_]/g, '\\$&')}%`;
  const { brand } = await axisNames(tx);
  const brands = [...brand.values()].filter((row) => row.name.toLowerCase().includes(search.toLowerCase()));
  return or(
    ilike(campaignTable.name, pattern),
    ilike(campaignTable.label, pattern),
    brands.length > 0
      ? inArray(
          campaignTable.brandId,
          brands.map((row) => row.id),
        )
      : undefined,
  );
}

function keyText(value: string | number | Date): string {
  return value instanceof Date ? value.toISOString() : String(value);
}
