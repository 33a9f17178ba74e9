import type { PackagedRendition, VideoMeasurement } from '@cuepoint/media';
import type { QcFinding } from './domain/qc/index.ts';
import type { assetTable, creativeTable, hlsPackageTable, qcResultTable } from './tables.ts';

export type CreativeRow = typeof creativeTable.$inferSelect;
export type QcRow = Omit<typeof qcResultTable.$inferSelect, 'findings'> & { findings: QcFinding[] };

/** A picture of a video in the object store, as JPEG. */
export interface StoredPicture {
  kind: 'thumbnail' | 'frame';
  atMs: number;
  sha256: string;
}

/** An asset with the types of what its JSON columns hold. */
export type AssetRow = Omit<typeof assetTable.$inferSelect, 'measurement' | 'frames'> & {
  measurement: VideoMeasurement | null;
  frames: StoredPicture[];
};

/** A file of an HLS package in the object store. */
export interface StoredPackageFile {
  sha256: string;
  extension: string;
}

/** A package with the types of what its JSON columns hold. */
export type PackageRow = Omit<typeof hlsPackageTable.$inferSelect, 'status' | 'files' | 'renditions'> & {
  status: 'pending' | 'ready' | 'failed';
  files: StoredPackageFile[];
  renditions: PackagedRendition[];
};

export const asPackage = (row: typeof hlsPackageTable.$inferSelect): PackageRow => row as PackageRow;
export const asAsset = (row: typeof assetTable.$inferSelect): AssetRow => row as AssetRow;
export const asQc = (row: typeof qcResultTable.$inferSelect): QcRow => row as QcRow;

/** The part of a creative that the audit trail compares. */
export function auditView(row: CreativeRow): Record<string, unknown> {
  const { name, campaignId, lineItemId, assetId, status, failure, approval, vendors, clickThroughUrl } = row;
  return { name, campaignId, lineItemId, assetId, status, failure, approval, vendors, clickThroughUrl };
}
