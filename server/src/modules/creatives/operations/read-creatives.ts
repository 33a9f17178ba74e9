import { getCreative, getQcReport, listCampaignCreatives, listCreatives } from '@cuepoint/contract';
import { and, count, eq, ilike } from 'drizzle-orm';
import { findCampaign } from '#modules/campaigns';
import { implement } from '../../../kernel/implement.ts';
import { newestFirst } from '../../../kernel/newest-first.ts';
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
      return listPage(tx, input, principal, ports);
    }),

    implement(listCampaignCreatives, async (input, context) => {
      const { tx, principal } = context;
      if (!(await findCampaign(tx, input.campaignId))) {
        return context.fail(
          'campaign.not_found',
          `campaignId: no campaign ${input.campaignId} in this account.`,
        );
      }
      return listPage(tx, input, principal, ports);
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
async function listPage(tx: Tx, input: ListInput, principal: Principal, ports: CreativesPorts) {
  const match = and(
    input.campaignId ? eq(creativeTable.campaignId, input.campaignId) : undefined,
    input.approval ? eq(creativeTable.approval, input.approval) : undefined,
    // `%` and `_` mean themselves.
    input.search ? ilike(creativeTable.name, `%${input.search.replace(/[\\%_]/g, '\\$&')}%`) : undefined,
  );
  const page = newestFirst(input, { at: creativeTable.createdAt, id: creativeTable.id });
  const rows = await tx
    .select()
    .from(creativeTable)
    .where(and(match, page.beyond))
    .orderBy(...page.order)
    .limit(page.limit);
  const [total] = await tx.select({ n: count() }).from(creativeTable).where(match);
  const { shown, nextCursor } = page.cut(rows, (row) => row.createdAt);
  return { items: await showCreatives(tx, shown, principal, ports), nextCursor, total: total!.n };
}
