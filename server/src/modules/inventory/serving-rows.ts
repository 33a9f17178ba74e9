import { and, asc, eq } from 'drizzle-orm';
import type { SnapshotPlacement } from '../../kernel/delivery-protocol.ts';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { appTable, placementTable, publisherTable } from './tables.ts';

export interface ServingInventory {
  /** The first publisher of each account stands for it in tags. */
  publishers: Array<{ accountId: string; publisherKey: string }>;
  placements: SnapshotPlacement[];
}

/**
 * What delivery nodes need to know of all accounts' inventory, without what is archived. Runs in the caller's
 * transaction, role snapshot_builder.
 */
export async function inventoryForServing(tx: Tx): Promise<ServingInventory> {
  const publishers = await tx
    .select({ accountId: publisherTable.accountId, publisherKey: publisherTable.publisherKey })
    .from(publisherTable)
    .where(eq(publisherTable.archived, false))
    .orderBy(asc(publisherTable.accountId), asc(publisherTable.createdAt), asc(publisherTable.id));
  const first = new Map<string, string>();
  for (const row of publishers) if (!first.has(row.accountId)) first.set(row.accountId, row.publisherKey);
  const rows = await tx
    .select({ placement: placementTable, app: appTable })
    .from(placementTable)
    .leftJoin(
      appTable,
      and(eq(appTable.accountId, placementTable.accountId), eq(appTable.id, placementTable.appId)),
    )
    .where(eq(placementTable.archived, false))
    .orderBy(asc(placementTable.accountId), asc(placementTable.id));
  return {
    publishers: [...first].map(([accountId, publisherKey]) => ({ accountId, publisherKey })),
    placements: rows.map(({ placement, app }) => forServing(placement, app)),
  };
}

function forServing(
  row: typeof placementTable.$inferSelect,
  app: typeof appTable.$inferSelect | null,
): SnapshotPlacement {
  return {
    id: row.id,
    accountId: row.accountId,
    publisherId: row.publisherId,
    key: row.key,
    name: row.name,
    hosts: row.hosts,
    isDefault: row.isDefault,
    status: row.status as SnapshotPlacement['status'],
    position: row.position as SnapshotPlacement['position'],
    minDurationMs: row.minDurationMs,
    maxDurationMs: row.maxDurationMs,
    exactDurationsMs: row.exactDurationsMs,
    format: 'linear_video',
    pod: row.pod,
    floorCpmMicros: row.floorCpmMicros,
    floorCurrency: row.floorCurrency,
    durationFloors: row.durationFloors,
    minCpmPerSecondMicros: row.minCpmPerSecondMicros,
    allowedCategories: row.allowedCategories,
    blockedCategories: row.blockedCategories,
    blockedDomains: row.blockedDomains,
    blockedBrands: row.blockedBrands,
    blockedMedia: row.blockedMedia,
    separationScope: row.separationScope as SnapshotPlacement['separationScope'],
    mimes: row.mimes,
    codecs: row.codecs,
    minBitrateKbps: row.minBitrateKbps,
    maxBitrateKbps: row.maxBitrateKbps,
    clearance: row.clearance,
    app: app && {
      id: app.id,
      name: app.name,
      bundle: app.bundle,
      domain: app.domain,
      storeUrl: app.storeUrl,
      storeId: app.storeId,
      network: app.network,
      channel: app.channelName,
    },
  };
}
