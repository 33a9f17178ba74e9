import type { ApprovalState, Creative } from '@cuepoint/contract';
import { and, eq, gt, inArray, ne, notExists, sql } from 'drizzle-orm';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { isApproved } from './domain/approval.ts';
import { CHECKS } from './domain/qc/index.ts';
import { packNames, SERVING_PACK_ID } from './packs.ts';
import type { CreativesPorts } from './ports.ts';
import { assetsById, qcSummariesOf } from './read-model.ts';
import { asQc } from './rows.ts';
import { assetTable, creativeTable, qcResultTable } from './tables.ts';
import { tagUrl, vastSubjects } from './vast-subject.ts';

/** For campaigns: how many creatives, and how many blocking findings over all destinations, inactive ones left out. */
export async function creativeCounts(
  tx: Tx,
  campaignIds: readonly string[],
): Promise<Map<string, { creatives: number; blockingFindings: number }>> {
  if (campaignIds.length === 0) return new Map();
  const blocks = tx
    .select({
      creativeId: qcResultTable.creativeId,
      n: sql<number>`sum(${qcResultTable.blocks})::int`.as('n'),
    })
    .from(qcResultTable)
    .groupBy(qcResultTable.creativeId)
    .as('blocks');
  const rows = await tx
    .select({
      campaignId: creativeTable.campaignId,
      creatives: sql<number>`count(*)::int`,
      blockingFindings: sql<number>`coalesce(sum(case when ${creativeTable.status} <> 'inactive' then ${blocks.n} end), 0)::int`,
    })
    .from(creativeTable)
    .leftJoin(blocks, eq(blocks.creativeId, creativeTable.id))
    .where(inArray(creativeTable.campaignId, [...campaignIds]))
    .groupBy(creativeTable.campaignId);
  return new Map(rows.map(({ campaignId, ...counts }) => [campaignId, counts]));
}

/** For campaigns: creatives that are not retired, as their line items show them, oldest first. */
export async function creativesOfCampaigns(tx: Tx, campaignIds: readonly string[]) {
  if (campaignIds.length === 0) return [];
  const rows = await tx
    .select()
    .from(creativeTable)
    .where(and(inArray(creativeTable.campaignId, [...campaignIds]), ne(creativeTable.status, 'inactive')))
    .orderBy(creativeTable.createdAt, creativeTable.id);
  const assets = await assetsById(
    tx,
    rows.flatMap((row) => row.assetId ?? []),
  );
  return rows.map(({ id, campaignId, lineItemId, assetId, name, approval }) => ({
    id,
    campaignId,
    lineItemId,
    name,
    durationMs: assets.get(assetId ?? '')?.measurement?.durationMs ?? null,
    approval,
  }));
}

/** Names by id, of creatives that still exist. */
export async function creativeNames(tx: Tx, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await tx
    .select({ id: creativeTable.id, name: creativeTable.name })
    .from(creativeTable)
    .where(inArray(creativeTable.id, [...new Set(ids)]));
  return new Map(rows.map((row) => [row.id, row.name]));
}

/** Where a creative stands, for those who wait for it; null when the account has none of this id. */
export async function creativeState(
  tx: Tx,
  creativeId: string,
): Promise<{ status: Creative['status']; approval: Creative['approval']; failure: string | null } | null> {
  const { status, approval, failure } = creativeTable;
  const [row] = await tx
    .select({ status, approval, failure })
    .from(creativeTable)
    .where(eq(creativeTable.id, creativeId));
  return row ? (row as Awaited<ReturnType<typeof creativeState>>) : null;
}

/** A creative as far as sending it somewhere needs. */
export interface CreativeForTrafficking {
  id: string;
  accountId: string;
  campaignId: string;
  /** Null: runs under any line item of its campaign. */
  lineItemId: string | null;
  name: string;
  status: Creative['status'];
  approval: ApprovalState;
  simulated: boolean;
  demo: boolean;
  clickThroughUrl: string;
  /** Null until the file is measured; nothing can be trafficked before. */
  file: {
    sha256: string;
    /** Public, and served only while the creative is in a snapshot. */
    mediaUrl: string;
    mime: string;
    durationMs: number;
    width: number;
    height: number;
  } | null;
  /** Asks our ad server for a spot of exactly this length. */
  vastTagUrl: string;
  /** What each destination's pack says, this server's own first. */
  packs: Array<{
    packId: string;
    packName: string;
    verdict: 'pass' | 'warn' | 'block';
    blocks: number;
    warns: number;
  }>;
}

/** Everything trafficking asks of a creative; null when the account has none of this id. */
export async function creativeForTrafficking(
  tx: Tx,
  creativeId: string,
  ports: Pick<CreativesPorts, 'publicUrl' | 'mediaBaseUrl' | 'defaultPlacementKey'>,
): Promise<CreativeForTrafficking | null> {
  const [creative] = await tx.select().from(creativeTable).where(eq(creativeTable.id, creativeId));
  if (!creative) return null;
  const assetId = creative.assetId ?? '';
  const asset = (await assetsById(tx, [assetId])).get(assetId);
  const subject = asset && (await vastSubjects(tx, [{ creative, asset }], ports)).get(creativeId)?.subject;
  const results = (await qcSummariesOf(tx, [creativeId])).get(creativeId) ?? [];
  const names = await packNames(tx);
  const { id, accountId, campaignId, lineItemId, name, simulated, demo, clickThroughUrl } = creative;
  const media = subject?.media;
  return {
    id,
    accountId,
    campaignId,
    lineItemId,
    name,
    status: creative.status as Creative['status'],
    approval: creative.approval as ApprovalState,
    simulated,
    demo,
    clickThroughUrl,
    file:
      asset && subject && media
        ? {
            sha256: asset.sha256,
            mediaUrl: media.url,
            mime: asset.mime,
            durationMs: subject.durationMs,
            width: media.width,
            height: media.height,
          }
        : null,
    vastTagUrl: tagUrl(ports.publicUrl, {
      placementKey: await ports.defaultPlacementKey(tx),
      durationMs: subject?.durationMs ?? null,
      vastVersion: '4.2',
    }),
    packs: results.map(({ packId, verdict, blocks, warns }) => ({
      packId,
      packName: names.get(packId)?.name ?? packId,
      verdict: verdict as 'pass' | 'warn' | 'block',
      blocks,
      warns,
    })),
  };
}

/** A creative as reports and the attention list need it. */
export interface CreativeForReport {
  id: string;
  campaignId: string;
  name: string;
  approval: ApprovalState;
  approvalAt: Date;
  /** The reviewer's words; null when it was neither rejected nor sent back. */
  rejectionReason: string | null;
  isServable: boolean;
  /** False once it was retired or its file failed. */
  isActive: boolean;
  /** Why this server could not show it; null when it can. What destinations ask is theirs to say. */
  qcBlocking: { since: Date; detail: string } | null;
  thumbnailUrl: string | null;
  simulated: boolean;
}

/** Every creative of the account, the one that waits longest first. */
export async function creativesForReport(
  tx: Tx,
  ports: Pick<CreativesPorts, 'links'>,
): Promise<CreativeForReport[]> {
  const rows = await tx.select().from(creativeTable).orderBy(creativeTable.approvalAt, creativeTable.id);
  const ids = rows.map((row) => row.id);
  const assets = await assetsById(
    tx,
    rows.flatMap((row) => row.assetId ?? []),
  );
  const blocking = await servingBlocks(tx);
  const reasons = await lastReasons(tx, ids);
  return rows.map((row) => {
    const asset = row.assetId === null ? undefined : assets.get(row.assetId);
    const picture = asset?.frames.find((one) => one.kind === 'thumbnail');
    const { id, accountId, campaignId, name, approvalAt, simulated, status } = row;
    const isJudged = row.approval === 'rejected' || row.approval === 'changes_requested';
    return {
      id,
      campaignId,
      name,
      approval: row.approval as ApprovalState,
      approvalAt,
      rejectionReason: isJudged ? (reasons.get(id) ?? null) : null,
      isServable: status === 'active' && isApproved(row.approval) && asset?.measurement?.video != null,
      isActive: status === 'active' || status === 'processing',
      qcBlocking: blocking.get(id) ?? null,
      thumbnailUrl: picture ? ports.links.urlFor({ accountId, sha256: picture.sha256, kind: 'jpg' }) : null,
      simulated,
    };
  });
}

async function servingBlocks(tx: Tx): Promise<Map<string, { since: Date; detail: string }>> {
  const rows = await tx
    .select()
    .from(qcResultTable)
    .where(and(eq(qcResultTable.packId, SERVING_PACK_ID), gt(qcResultTable.blocks, 0)));
  return new Map(
    rows.map((row) => {
      const { creativeId, checkedAt, findings } = asQc(row);
      const broken = findings.filter((finding) => finding.status === 'block');
      const detail = broken.map((finding) => `${CHECKS[finding.check].label} ${finding.measured}`).join(', ');
      return [creativeId, { since: checkedAt, detail }];
    }),
  );
}

async function lastReasons(tx: Tx, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const list = sql.join(
    ids.map((id) => sql`${id}`),
    sql`, `,
  );
  const result = await tx.execute<{ creative_id: string; reason: string | null }>(sql`
    SELECT DISTINCT ON (creative_id) creative_id, reason FROM approval_event
    WHERE creative_id IN (${list}) AND reason IS NOT NULL ORDER BY creative_id, at DESC, id DESC`);
  return new Map(result.rows.map((row) => [row.creative_id, row.reason ?? '']));
}

/** Demo loader only: marks a creative and its file. */
export async function markCreativeDemo(tx: Tx, creativeId: string): Promise<void> {
  const [row] = await tx
    .update(creativeTable)
    .set({ demo: true })
    .where(eq(creativeTable.id, creativeId))
    .returning({ assetId: creativeTable.assetId });
  if (row?.assetId) await tx.update(assetTable).set({ demo: true }).where(eq(assetTable.id, row.assetId));
}

/**
 * Removes demo creatives with their checks and approvals, and demo files that nothing else uses (a user's upload of the
 * same content keeps them). To be called after demo campaigns were removed, or on its own.
 */
export async function removeDemoCreatives(tx: Tx): Promise<number> {
  const rows = await tx
    .delete(creativeTable)
    .where(eq(creativeTable.demo, true))
    .returning({ id: creativeTable.id });
  await tx
    .delete(assetTable)
    .where(
      and(
        eq(assetTable.demo, true),
        notExists(
          tx.select({ one: sql`1` }).from(creativeTable).where(eq(creativeTable.assetId, assetTable.id)),
        ),
      ),
    );
  return rows.length;
}
