import { getCreative, getQcReport, listCampaignCreatives, listCreatives } from '@cuepoint/contract';
import { and, count, desc, eq, ilike, sql } from 'drizzle-orm';
import { findCampaign } from '#modules/campaigns';
import { decodeCursor, encodeCursor } from '../../../kernel/cursor.ts';
import { implement } from '../../../kernel/implement.ts';
import type { Principal } from '../../../kernel/principal.ts';
import type { Tx } from '../../../kernel/unit-of-work.ts';
import { CHECKS } from '../domain/qc/index.ts';
import { packNames } from '../packs.ts';
import type { CreativesPorts } from '../ports.ts';
import { assetsById, creativeDetail, qcResultsOf, showCreatives, showPack, sumOf } from '../read-model.ts';
import { creativeTable } from '../tables.ts';

interface ListInput {
  limit: number;
  cursor?: string | undefined;
  campaignId?: string | undefined;
  approval?: string | undefined;
  search?: string | undefined;
}

export function readCreativesOperations(ports: CreativesPorts) {
  return [
    implement(listCreatives, async (input, context) => {
      const { tx, principal } = context;
      if (input.campaignId !== undefined && !(await findCampaign(tx, input.campaignId))) {
        return context.fail(
          'campaign.not_found',
          `campaignId: no campaign ${input.campaignId} in this account.`,
        );
      }
      return page(tx, input, principal, ports);
    }),

    implement(listCampaignCreatives, async (input, context) => {
      const { tx, principal } = context;
      if (!(await findCampaign(tx, input.campaignId))) {
        return context.fail(
          'campaign.not_found',
          `campaignId: no campaign ${input.campaignId} in this account.`,
        );
      }
      return page(tx, input, principal, ports);
    }),

    implement(getCreative, async ({ creativeId }, context) => {
      const creative = await creativeDetail(context.tx, creativeId, context.principal, ports);
      return creative ?? context.fail('creative.not_found', `No creative ${creativeId} in this account.`);
    }),

    implement(getQcReport, async ({ creativeId }, context) => {
      const { tx } = context;
      const [row] = await tx.select().from(creativeTable).where(eq(creativeTable.id, creativeId));
      if (!row) return context.fail('creative.not_found', `No creative ${creativeId} in this account.`);
      const asset = row.assetId === null ? undefined : (await assetsById(tx, [row.assetId])).get(row.assetId);
      const results = (await qcResultsOf(tx, [row.id])).get(row.id) ?? [];
      if (!asset?.measurement || results.length === 0) {
        const why = row.failure ?? 'It is still being measured.';
        return context.fail('creative.not_ready', `${row.name} has no report. ${why}`);
      }
      const packs = await packNames(tx);
      return {
        creativeId,
        measuredAt: (asset.measuredAt ?? results[0]!.checkedAt).toISOString(),
        measurement: asset.measurement,
        packs: results.map((result) => ({
          ...showPack(result, packs),
          findings: result.findings.map((finding) => ({ ...finding, check: CHECKS[finding.check].label })),
        })),
        ...sumOf(results),
      };
    }),
  ];
}

/** Newest first. */
async function page(tx: Tx, input: ListInput, principal: Principal, ports: CreativesPorts) {
  const match = and(
    input.campaignId ? eq(creativeTable.campaignId, input.campaignId) : undefined,
    input.approval ? eq(creativeTable.approval, input.approval) : undefined,
    // `%` and `_` mean themselves.
    input.search ? ilike(creativeTable.name, `%${input.search.replace(/[\\%_]/g, '\\$&')}%`) : undefined,
  );
  const after = decodeCursor(input.cursor, 'instant');
  const rows = await tx
    .select()
    .from(creativeTable)
    .where(
      and(
        match,
        after
          ? sql`(${creativeTable.createdAt}, ${creativeTable.id}) < (${after.key}::timestamptz, ${after.id})`
          : undefined,
      ),
    )
    .orderBy(desc(creativeTable.createdAt), desc(creativeTable.id))
    .limit(input.limit + 1);
  const [total] = await tx.select({ n: count() }).from(creativeTable).where(match);
  const shown = rows.slice(0, input.limit);
  const last = shown.at(-1);
  return {
    items: await showCreatives(tx, shown, principal, ports),
    nextCursor:
      rows.length > input.limit && last
        ? encodeCursor({ key: last.createdAt.toISOString(), id: last.id })
        : null,
    total: total!.n,
  };
}
