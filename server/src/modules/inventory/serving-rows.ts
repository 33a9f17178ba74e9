import { asc } from 'drizzle-orm';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { placementTable, publisherTable } from './tables.ts';

export interface ServingInventory {
  /** The first publisher of each account stands for it in tags. */
  publishers: Array<{ accountId: string; publisherKey: string }>;
  placements: Array<{
    id: string;
    accountId: string;
    key: string;
    name: string;
    hosts: string[];
    isDefault: boolean;
    minDurationMs: number;
    maxDurationMs: number;
  }>;
}

/** What delivery nodes need to know of all accounts' inventory. Runs in the caller's transaction, role snapshot_builder. */
export async function inventoryForServing(tx: Tx): Promise<ServingInventory> {
  const publishers = await tx
    .select({ accountId: publisherTable.accountId, publisherKey: publisherTable.publisherKey })
    .from(publisherTable)
    .orderBy(asc(publisherTable.accountId), asc(publisherTable.createdAt), asc(publisherTable.id));
  const first = new Map<string, string>();
  for (const row of publishers) if (!first.has(row.accountId)) first.set(row.accountId, row.publisherKey);
  const placements = await tx
    .select({
      id: placementTable.id,
      accountId: placementTable.accountId,
      key: placementTable.key,
      name: placementTable.name,
      hosts: placementTable.hosts,
      isDefault: placementTable.isDefault,
      minDurationMs: placementTable.minDurationMs,
      maxDurationMs: placementTable.maxDurationMs,
    })
    .from(placementTable)
    .orderBy(asc(placementTable.accountId), asc(placementTable.id));
  return {
    publishers: [...first].map(([accountId, publisherKey]) => ({ accountId, publisherKey })),
    placements,
  };
}
