import { and, eq, gte, inArray, isNotNull, or } from 'drizzle-orm';
import type { SnapshotCreative, SnapshotMediaFile } from '../../kernel/delivery-protocol.ts';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { isApproved } from './domain/approval.ts';
import { buildVastDocument, slotAddresses } from './domain/vast-document.ts';
import { extensionOf } from './domain/video-file.ts';
import type { CreativesPorts } from './ports.ts';
import { asAsset } from './rows.ts';
import { assetTable, creativeTable, hlsPackageTable, qcResultTable } from './tables.ts';
import { vastSubjects } from './vast-subject.ts';

/** A creative as delivery wants it; the shape of its port. */
export interface CreativeForServing {
  id: string;
  accountId: string;
  campaignId: string;
  lineItemId: string | null;
  name: string;
  /** Approved or trafficked, its file active. */
  isServable: boolean;
  durationMs: number;
  mediaFiles: SnapshotMediaFile[];
  /** Its HLS package; absent until it is packaged. */
  hls?: SnapshotCreative['hls'];
  /** Its places left open carry the names of VAST_SLOTS. */
  vast: SnapshotCreative['vast'];
  clickThroughUrl: string;
  universalAdId: { idRegistry: string; idValue: string };
  adDomain: string;
  categories: string[];
  /** Hash of the media: the same spot under another name has the same one. */
  fingerprint: string;
  /** Spec packs that it passed without a blocking finding. */
  clearedFor: string[];
}

type ServingPorts = Pick<CreativesPorts, 'publicUrl' | 'mediaBaseUrl' | 'files'>;

/**
 * Creatives of these campaigns that may serve, and those that may not (any more) but changed since `changedSince`: they
 * may have served until then. Only with a measured picture. For the role snapshot_builder: all accounts.
 */
export async function creativesForServing(
  tx: Tx,
  query: { campaignIds: readonly string[]; changedSince: Date },
  ports: ServingPorts,
): Promise<CreativeForServing[]> {
  if (query.campaignIds.length === 0) return [];
  const found = await tx
    .select({
      creative: creativeTable,
      asset: assetTable,
      packageHash: hlsPackageTable.packageHash,
      packageMs: hlsPackageTable.durationMs,
    })
    .from(creativeTable)
    .innerJoin(
      assetTable,
      and(eq(assetTable.accountId, creativeTable.accountId), eq(assetTable.id, creativeTable.assetId)),
    )
    // A row that is not ready has no hash.
    .leftJoin(
      hlsPackageTable,
      and(eq(hlsPackageTable.accountId, assetTable.accountId), eq(hlsPackageTable.assetId, assetTable.id)),
    )
    .where(
      and(
        inArray(creativeTable.campaignId, [...query.campaignIds]),
        isNotNull(assetTable.measurement),
        or(
          and(
            eq(creativeTable.status, 'active'),
            inArray(creativeTable.approval, ['approved', 'trafficked']),
          ),
          gte(creativeTable.updatedAt, query.changedSince),
        ),
      ),
    );
  const rows = found.map((row) => ({ ...row, asset: asAsset(row.asset) }));
  const targets = await vastSubjects(tx, rows, ports);
  const cleared = await packsPassed(
    tx,
    rows.map(({ creative }) => creative.id),
  );
  return rows.flatMap(({ creative, asset, packageHash, packageMs }) => {
    const target = targets.get(creative.id);
    if (!target) return [];
    const { subject, adDomain } = target;
    // What is stored was chosen under the legacy flag: the operations see to that.
    const built = buildVastDocument(subject, slotAddresses, { legacyMoat: true });
    if (!built.ok) throw new Error(`creative ${creative.id}: ${built.why}`);
    const { width, height, bitrateKbps, codec } = subject.media;
    return [
      {
        id: creative.id,
        accountId: creative.accountId,
        campaignId: creative.campaignId,
        lineItemId: creative.lineItemId,
        name: creative.name,
        isServable: creative.status === 'active' && isApproved(creative.approval),
        durationMs: subject.durationMs,
        mediaFiles: [
          {
            hash: asset.sha256,
            path: ports.files.keyOf(asset.sha256, extensionOf(asset.mime)),
            mime: asset.mime,
            width,
            height,
            bitrateKbps,
            codec,
          },
        ],
        ...(packageHash !== null && packageMs !== null
          ? { hls: { path: ports.files.keyOf(packageHash, 'm3u8'), durationMs: packageMs } }
          : {}),
        vast: built.document as unknown as SnapshotCreative['vast'],
        clickThroughUrl: creative.clickThroughUrl,
        universalAdId: subject.universalAdId,
        adDomain,
        categories: [...subject.categories],
        fingerprint: asset.sha256,
        clearedFor: cleared.get(creative.id) ?? [],
      },
    ];
  });
}

/** Spec packs by creative that found nothing blocking. What has not been checked yet is not passed. */
async function packsPassed(tx: Tx, creativeIds: readonly string[]): Promise<Map<string, string[]>> {
  const passed = new Map<string, string[]>();
  if (creativeIds.length === 0) return passed;
  const { creativeId, packId, blocks } = qcResultTable;
  const rows = await tx
    .select({ creativeId, packId })
    .from(qcResultTable)
    .where(and(inArray(creativeId, [...creativeIds]), eq(blocks, 0)))
    .orderBy(creativeId, packId);
  for (const row of rows) passed.set(row.creativeId, [...(passed.get(row.creativeId) ?? []), row.packId]);
  return passed;
}
