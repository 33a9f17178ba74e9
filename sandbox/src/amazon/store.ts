import type { Journal } from '../journal.ts';
import { type ResourceName, resources } from './resources.ts';

/** One object of an advertiser account. `fields` is what the API shows, without computed status. */
export interface Stored {
  id: string;
  kind: ResourceName;
  accountId: string;
  fields: Record<string, unknown>;
  /** Virtual; ads only: when their review ends. */
  reviewEndsAtMs: number;
}

export interface AmazonStore {
  insert(
    kind: ResourceName,
    accountId: string,
    fields: Record<string, unknown>,
    stamp: string,
    reviewEndsAtMs: number,
  ): Stored;
  update(stored: Stored, changes: Record<string, unknown>, stamp: string): void;
  find(kind: ResourceName, accountId: string, id: string): Stored | undefined;
  list(kind: ResourceName, accountId: string): Stored[];
  all(): Stored[];
  /**
   * Objects beyond the first of the same account, kind and name (for associations: same ad and ad group). The platform
   * has no idempotency key, so a resent create makes one.
   */
  duplicates(): Record<ResourceName, number>;
  restore(stored: Stored): void;
  clear(): void;
}

const firstIds: Record<ResourceName, number> = {
  campaigns: 580_000_000_001,
  adGroups: 590_000_000_001,
  ads: 600_000_000_001,
  adAssociations: 610_000_000_001,
};

export function createAmazonStore(journal: Journal): AmazonStore {
  const objects = new Map<string, Stored>();
  const counts: Record<ResourceName, number> = { campaigns: 0, adGroups: 0, ads: 0, adAssociations: 0 };
  const keep = (stored: Stored) => {
    objects.set(stored.id, stored);
    journal.write('amazon.object', stored.id, stored);
  };
  return {
    insert(kind, accountId, fields, stamp, reviewEndsAtMs) {
      const id = String(firstIds[kind] + counts[kind]);
      counts[kind] += 1;
      const dated = kind === 'adAssociations' ? {} : { creationDateTime: stamp, lastUpdatedDateTime: stamp };
      const stored: Stored = {
        id,
        kind,
        accountId,
        fields: { [resources[kind].idField]: id, ...fields, ...dated },
        reviewEndsAtMs,
      };
      keep(stored);
      return stored;
    },
    update(stored, changes, stamp) {
      Object.assign(
        stored.fields,
        changes,
        stored.kind === 'adAssociations' ? {} : { lastUpdatedDateTime: stamp },
      );
      keep(stored);
    },
    find(kind, accountId, id) {
      const stored = objects.get(id);
      return stored?.kind === kind && stored.accountId === accountId ? stored : undefined;
    },
    list: (kind, accountId) =>
      [...objects.values()].filter((stored) => stored.kind === kind && stored.accountId === accountId),
    all: () => [...objects.values()],
    duplicates() {
      const seen = new Set<string>();
      const found: Record<ResourceName, number> = { campaigns: 0, adGroups: 0, ads: 0, adAssociations: 0 };
      for (const { kind, accountId, fields } of objects.values()) {
        const same = kind === 'adAssociations' ? `${fields.adId}/${fields.adGroupId}` : String(fields.name);
        const key = JSON.stringify([kind, accountId, same]);
        if (seen.has(key)) found[kind] += 1;
        seen.add(key);
      }
      return found;
    },
    restore(stored) {
      objects.set(stored.id, stored);
      counts[stored.kind] = Math.max(counts[stored.kind], Number(stored.id) - firstIds[stored.kind] + 1);
    },
    clear() {
      objects.clear();
      for (const kind of Object.keys(counts) as ResourceName[]) counts[kind] = 0;
    },
  };
}
