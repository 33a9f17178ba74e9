import type { Creative, getCreative, OutputOf } from '@cuepoint/contract';
import { asc, eq, getTableColumns, inArray, type SQL, sql } from 'drizzle-orm';
import { campaignsById } from '#modules/campaigns';
import type { Principal } from '../../kernel/principal.ts';
import type { Tx } from '../../kernel/unit-of-work.ts';
import type { FileKind } from '../../platform/object-store/index.ts';
import { type ApprovalSubject, decideReadiness, movesFrom, permissionFor } from './domain/approval.ts';
import { CHECKS } from './domain/qc/index.ts';
import { extensionOf } from './domain/video-file.ts';
import { packagesOf, showPackaging } from './packaging.ts';
import { packNames, SERVING_PACK_ID } from './packs.ts';
import type { CreativesPorts } from './ports.ts';
import { type AssetRow, asAsset, asQc, type CreativeRow, type QcRow } from './rows.ts';
import { approvalEventTable, assetTable, creativeTable, qcResultTable } from './tables.ts';

export type CreativeDetail = OutputOf<typeof getCreative>;
type Viewer = Pick<Principal, 'permissions'>;
type Links = Pick<CreativesPorts, 'links'>;

/** Creative rows as the contract shows them, in the order given. Five queries, whatever their number. */
export async function showCreatives(
  tx: Tx,
  rows: readonly CreativeRow[],
  viewer: Viewer,
  ports: Links,
): Promise<Creative[]> {
  if (rows.length === 0) return [];
  const campaigns = await campaignsById(tx, [...new Set(rows.map((row) => row.campaignId))]);
  const assets = await assetsById(
    tx,
    rows.flatMap((row) => row.assetId ?? []),
  );
  const results = await qcSummariesOf(
    tx,
    rows.map((row) => row.id),
  );
  const packs = await packNames(tx);
  const packages = await packagesOf(tx, [...assets.keys()]);
  return rows.map((row) => {
    const asset = row.assetId === null ? null : (assets.get(row.assetId) ?? null);
    const checked = results.get(row.id) ?? [];
    const video = asset?.measurement?.video ?? null;
    const link = (sha256: string, kind: string) =>
      ports.links.urlFor({ accountId: row.accountId, sha256, kind: kind as FileKind });
    const pictures = asset?.frames ?? [];
    const thumbnail = pictures.find((picture) => picture.kind === 'thumbnail');
    return {
      id: row.id,
      campaignId: row.campaignId,
      campaignName: campaigns.get(row.campaignId)?.name ?? '',
      lineItemId: row.lineItemId,
      name: row.name,
      status: row.status as Creative['status'],
      failure: row.failure,
      approval: row.approval as Creative['approval'],
      source: row.source as Creative['source'],
      simulated: row.simulated,
      assetId: row.assetId,
      sha256: asset?.sha256 ?? null,
      durationMs: asset?.measurement?.durationMs ?? null,
      width: video?.width ?? null,
      height: video?.height ?? null,
      universalAdId: row.universalAdId,
      clickThroughUrl: row.clickThroughUrl,
      vendors: row.vendors as Creative['vendors'],
      videoUrl: asset ? link(asset.sha256, extensionOf(asset.mime)) : null,
      thumbnailUrl: thumbnail ? link(thumbnail.sha256, 'jpg') : null,
      frames: pictures
        .filter((picture) => picture.kind === 'frame')
        .map((picture) => ({ atMs: picture.atMs, url: link(picture.sha256, 'jpg') })),
      packaging: showPackaging(asset ? packages.get(asset.id) : undefined),
      qc:
        checked.length === 0
          ? null
          : {
              ...sumOf(checked),
              passes: sum(checked, 'passes'),
              packs: checked.map((one) => showPack(one, packs)),
            },
      actions: actionsFor(row, checked, viewer),
      demo: row.demo,
      version: row.version,
      createdAt: row.createdAt.toISOString(),
      updatedAt: row.updatedAt.toISOString(),
    };
  });
}

/** One creative with its approval history; null when the account has none of this id. */
export async function creativeDetail(
  tx: Tx,
  creativeId: string,
  viewer: Viewer,
  ports: Links,
): Promise<CreativeDetail | null> {
  const [row] = await tx.select().from(creativeTable).where(eq(creativeTable.id, creativeId));
  if (!row) return null;
  const [creative] = await showCreatives(tx, [row], viewer, ports);
  const events = await tx
    .select()
    .from(approvalEventTable)
    .where(eq(approvalEventTable.creativeId, creativeId))
    .orderBy(asc(approvalEventTable.at), asc(approvalEventTable.id));
  return {
    ...creative!,
    approvalEvents: events.map((event) => ({
      at: event.at.toISOString(),
      actor: event.actorName,
      action: event.action,
      from: event.fromState as Creative['approval'],
      to: event.toState as Creative['approval'],
      reason: event.reason,
    })),
  };
}

/** What an approval decision depends on; `checked` are the stored results of the creative. */
export function approvalSubject(row: CreativeRow, checked: readonly QcRow[]): ApprovalSubject {
  const serving = checked.find((result) => result.packId === SERVING_PACK_ID);
  const blocks = serving?.findings.filter((finding) => finding.status === 'block') ?? [];
  return {
    approval: row.approval as ApprovalSubject['approval'],
    file: row.status as ApprovalSubject['file'],
    servingBlocks: serving
      ? blocks.map((finding) => `${CHECKS[finding.check].label} ${finding.measured}`)
      : null,
  };
}

function actionsFor(row: CreativeRow, checked: readonly QcRow[], viewer: Viewer): Creative['actions'] {
  const subject = approvalSubject(row, checked);
  return movesFrom(subject.approval).map((action) => {
    const decision = decideReadiness(subject, action);
    const permission = permissionFor(action);
    const why = !decision.ok
      ? decision.why
      : viewer.permissions.has(permission)
        ? null
        : `It needs the permission ${permission}.`;
    return { action, allowed: why === null, why };
  });
}

export async function assetsById(tx: Tx, ids: readonly string[]): Promise<Map<string, AssetRow>> {
  if (ids.length === 0) return new Map();
  const rows = await tx
    .select()
    .from(assetTable)
    .where(inArray(assetTable.id, [...new Set(ids)]));
  return new Map(rows.map((row) => [row.id, asAsset(row)]));
}

/** As `qcResultsOf`, with the findings of this server's own pack alone: lists need no others, and they are large. */
export function qcSummariesOf(tx: Tx, creativeIds: readonly string[]): Promise<Map<string, QcRow[]>> {
  const isServing = eq(qcResultTable.packId, SERVING_PACK_ID);
  const findings = sql<unknown>`CASE WHEN ${isServing} THEN ${qcResultTable.findings} ELSE '[]'::jsonb END`;
  return resultsOf(tx, creativeIds, findings);
}

/** Stored results by creative, in the order of the packs. */
export function qcResultsOf(tx: Tx, creativeIds: readonly string[]): Promise<Map<string, QcRow[]>> {
  return resultsOf(tx, creativeIds, sql<unknown>`${qcResultTable.findings}`);
}

async function resultsOf(
  tx: Tx,
  creativeIds: readonly string[],
  findings: SQL<unknown>,
): Promise<Map<string, QcRow[]>> {
  const results = new Map<string, QcRow[]>();
  if (creativeIds.length === 0) return results;
  const rows = await tx
    .select({ ...getTableColumns(qcResultTable), findings })
    .from(qcResultTable)
    .where(inArray(qcResultTable.creativeId, [...creativeIds]))
    .orderBy(asc(qcResultTable.position));
  for (const row of rows) results.set(row.creativeId, [...(results.get(row.creativeId) ?? []), asQc(row)]);
  return results;
}

export function showPack(result: QcRow, packs: Awaited<ReturnType<typeof packNames>>) {
  const { packId, packVersion, blocks, warns, passes } = result;
  const pack = packs.get(packId);
  return {
    packId,
    packName: pack?.name ?? packId,
    packVersion,
    source: pack?.source ?? '',
    verdict: result.verdict as 'pass' | 'warn' | 'block',
    blocks,
    warns,
    passes,
  };
}

/** Findings over all packs: one fault that three destinations refuse counts three times. */
export function sumOf(results: readonly QcRow[]): { blocks: number; warns: number } {
  return { blocks: sum(results, 'blocks'), warns: sum(results, 'warns') };
}

function sum(results: readonly QcRow[], field: 'blocks' | 'warns' | 'passes'): number {
  return results.reduce((total, result) => total + result[field], 0);
}
