import type { Packaging } from '@cuepoint/contract';
import { eq, inArray } from 'drizzle-orm';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { PACKAGE_QUEUE } from './jobs/queues.ts';
import type { CreativesPorts } from './ports.ts';
import { asPackage, type PackageRow } from './rows.ts';
import { hlsPackageTable } from './tables.ts';

/**
 * Asks for the HLS package of a file, as part of the transaction that approves a creative of it. A file that is
 * packaged or waiting is left alone; one that failed gets another try.
 * @returns whether it was asked for now
 */
export async function requestPackaging(
  tx: Tx,
  file: { accountId: string; assetId: string },
  now: Date,
  ports: Pick<CreativesPorts, 'queue'>,
): Promise<boolean> {
  const { accountId, assetId } = file;
  const asked = await tx
    .insert(hlsPackageTable)
    .values({ accountId, assetId, status: 'pending', createdAt: now, updatedAt: now })
    .onConflictDoUpdate({
      target: [hlsPackageTable.accountId, hlsPackageTable.assetId],
      set: { status: 'pending', detail: null, retryAt: null, updatedAt: now },
      setWhere: eq(hlsPackageTable.status, 'failed'),
    })
    .returning({ assetId: hlsPackageTable.assetId });
  if (asked.length === 0) return false;
  await ports.queue.send(PACKAGE_QUEUE, { accountId, assetId }, { tx, singletonKey: assetId });
  return true;
}

/** Packages by the file they were made of. */
export async function packagesOf(tx: Tx, assetIds: readonly string[]): Promise<Map<string, PackageRow>> {
  if (assetIds.length === 0) return new Map();
  const rows = await tx
    .select()
    .from(hlsPackageTable)
    .where(inArray(hlsPackageTable.assetId, [...new Set(assetIds)]));
  return new Map(rows.map((row) => [row.assetId, asPackage(row)]));
}

/** A package as people see it. */
export function showPackaging(row: PackageRow | undefined): Packaging {
  if (row === undefined) return { status: 'none', detail: null };
  if (row.status !== 'ready') return { status: row.status, detail: row.detail };
  const video = row.renditions.find((one) => one.kind === 'video');
  const samples = row.detail === null ? 'samples of the master' : `encoded anew (${row.detail})`;
  const seconds = (row.durationMs ?? 0) / 1000;
  return {
    status: 'ready',
    detail: `${seconds} s in ${video?.segments ?? 0} segments, ${samples}`,
  };
}
