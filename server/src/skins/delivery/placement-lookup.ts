import type { Snapshot, SnapshotPlacement } from '../../kernel/delivery-protocol.ts';
import type { PlacementLookup } from './served.ts';

/** Finds placements by everything a request may name them by. */
export function placementLookup({
  placements,
  accounts,
}: Pick<Snapshot, 'placements' | 'accounts'>): PlacementLookup {
  const keys = new Map<string, SnapshotPlacement>();
  const hosts = new Map<string, SnapshotPlacement>();
  const defaults = new Map<string, SnapshotPlacement>();
  const apps = new Map<string, SnapshotPlacement[]>();
  for (const placement of placements) {
    keys.set(placement.id, placement);
    keys.set(placement.key, placement);
    if (placement.isDefault) defaults.set(placement.accountId, placement);
    // With several placements on one host the default one answers for it.
    for (const host of placement.hosts)
      if (placement.isDefault || !hosts.has(host)) hosts.set(host, placement);
    const app = appOf(placement);
    if (app !== undefined) apps.set(app, [...(apps.get(app) ?? []), placement]);
  }
  const publishers = new Map<string, SnapshotPlacement>();
  for (const account of accounts) {
    const placement = defaults.get(account.id);
    if (placement) publishers.set(account.publisherKey, placement);
  }
  return {
    byKey: (key) => keys.get(key),
    byPublisher: (key) => publishers.get(key),
    byHost: (host) => hosts.get(host),
    besides: (placement) => apps.get(appOf(placement) ?? '') ?? [placement],
    only: defaults.size === 1 ? [...defaults.values()][0] : undefined,
  };
}

function appOf({ accountId, app }: SnapshotPlacement): string | undefined {
  return app ? `${accountId} ${app.id}` : undefined;
}
