import type { App, Placement, Publisher } from '@cuepoint/contract';
import { and, count, eq, inArray } from 'drizzle-orm';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { tagAddresses } from './domain/tag-addresses.ts';
import { appTable, placementTable, publisherTable } from './tables.ts';

type PublisherRow = typeof publisherTable.$inferSelect;
type AppRow = typeof appTable.$inferSelect;
type PlacementRow = typeof placementTable.$inferSelect;

/** Publisher rows with how many placements they have, in the order given. */
export async function showPublishers(tx: Tx, rows: readonly PublisherRow[]): Promise<Publisher[]> {
  if (rows.length === 0) return [];
  const counts = await tx
    .select({ publisherId: placementTable.publisherId, n: count() })
    .from(placementTable)
    .where(
      and(
        inArray(
          placementTable.publisherId,
          rows.map((row) => row.id),
        ),
        eq(placementTable.archived, false),
      ),
    )
    .groupBy(placementTable.publisherId);
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    publisherKey: row.publisherKey,
    domain: row.domain,
    placementCount: counts.find((one) => one.publisherId === row.id)?.n ?? 0,
    archived: row.archived,
    demo: row.demo,
    ...times(row),
  }));
}

/** App rows with the names of their publishers, in the order given. */
export async function showApps(tx: Tx, rows: readonly AppRow[]): Promise<App[]> {
  const publishers = await publisherNames(tx, rows);
  return rows.map((row) => ({
    id: row.id,
    publisherId: row.publisherId,
    publisherName: publishers.get(row.publisherId) ?? '',
    kind: row.kind as App['kind'],
    name: row.name,
    bundle: row.bundle,
    domain: row.domain,
    storeUrl: row.storeUrl,
    storeId: row.storeId,
    network: row.network,
    channelName: row.channelName,
    categories: row.categories,
    archived: row.archived,
    demo: row.demo,
    ...times(row),
  }));
}

/** Placement rows with names and tags, in the order given. */
export async function showPlacements(
  tx: Tx,
  rows: readonly PlacementRow[],
  publicUrl: string,
): Promise<Placement[]> {
  const publishers = await publisherNames(tx, rows);
  const appIds = rows.flatMap((row) => row.appId ?? []);
  const apps =
    appIds.length === 0
      ? []
      : await tx
          .select({ id: appTable.id, name: appTable.name })
          .from(appTable)
          .where(inArray(appTable.id, appIds));
  return rows.map((row) => ({
    id: row.id,
    publisherId: row.publisherId,
    publisherName: publishers.get(row.publisherId) ?? '',
    appId: row.appId,
    appName: apps.find((app) => app.id === row.appId)?.name ?? null,
    key: row.key,
    name: row.name,
    ...rulesOf(row),
    floorCpmMicros: row.floorCpmMicros,
    floorCurrency: row.floorCurrency,
    minCpmPerSecondMicros: row.minCpmPerSecondMicros,
    tags: tagAddresses(publicUrl, row.key),
    archived: row.archived,
    demo: row.demo,
    ...times(row),
  }));
}

function rulesOf(row: PlacementRow) {
  return {
    position: row.position as Placement['position'],
    isDefault: row.isDefault,
    status: row.status as Placement['status'],
    minDurationMs: row.minDurationMs,
    maxDurationMs: row.maxDurationMs,
    exactDurationsMs: row.exactDurationsMs,
    formats: row.formats,
    hosts: row.hosts,
    pod: row.pod,
    durationFloors: row.durationFloors,
    allowedCategories: row.allowedCategories,
    blockedCategories: row.blockedCategories,
    blockedDomains: row.blockedDomains,
    blockedBrands: row.blockedBrands,
    blockedMedia: row.blockedMedia,
    separationScope: row.separationScope as Placement['separationScope'],
    mimes: row.mimes,
    codecs: row.codecs,
    minBitrateKbps: row.minBitrateKbps,
    maxBitrateKbps: row.maxBitrateKbps,
    clearance: row.clearance,
  };
}

async function publisherNames(
  tx: Tx,
  rows: ReadonlyArray<{ publisherId: string }>,
): Promise<Map<string, string>> {
  if (rows.length === 0) return new Map();
  const found = await tx
    .select({ id: publisherTable.id, name: publisherTable.name })
    .from(publisherTable)
    .where(inArray(publisherTable.id, [...new Set(rows.map((row) => row.publisherId))]));
  return new Map(found.map((row) => [row.id, row.name]));
}

function times(row: { version: number; createdAt: Date; updatedAt: Date }) {
  return {
    version: row.version,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
