import { and, asc, eq, sql } from 'drizzle-orm';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { defaultPlacements, publicKey } from './domain/default-placements.ts';
import type { InventoryPorts } from './ports.ts';
import { placementTable, publisherTable } from './tables.ts';

export interface DefaultInventory {
  publisherId: string;
  /** Public; goes into tags. */
  publisherKey: string;
  placements: Array<{ id: string; key: string; name: string; isDefault: boolean }>;
}

/**
 * Gives the account its first publisher and placements, or answers those it has. Safe to call again and from two
 * transactions at once.
 * @param tx role app, set to this account
 */
export async function ensureDefaultInventory(
  tx: Tx,
  accountId: string,
  ports: InventoryPorts,
): Promise<DefaultInventory> {
  // No constraint could stop a second first publisher, so the account's callers take turns.
  await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtext(${`inventory ${accountId}`}))`);
  const existing = await firstPublisher(tx, accountId);
  if (existing !== null) return existing;

  const now = ports.clock.now();
  const times = { accountId, createdAt: now, updatedAt: now };
  const publisherId = ports.ids.next('publisher');
  await tx.insert(publisherTable).values({
    ...times,
    id: publisherId,
    name: 'Own inventory',
    publisherKey: publicKey('pub', ports.random(10)),
  });
  await tx.insert(placementTable).values(
    defaultPlacements.map(({ keyStem, ...draft }) => ({
      ...times,
      ...draft,
      id: ports.ids.next('placement'),
      publisherId,
      key: publicKey(keyStem, ports.random(10)),
    })),
  );
  const made = await firstPublisher(tx, accountId);
  if (made === null) throw new Error(`account ${accountId} cannot see the publisher just made for it`);
  return made;
}

async function firstPublisher(tx: Tx, accountId: string): Promise<DefaultInventory | null> {
  const [publisher] = await tx
    .select()
    .from(publisherTable)
    .where(eq(publisherTable.accountId, accountId))
    .orderBy(asc(publisherTable.createdAt), asc(publisherTable.id))
    .limit(1);
  if (publisher === undefined) return null;
  const placements = await tx
    .select({
      id: placementTable.id,
      key: placementTable.key,
      name: placementTable.name,
      isDefault: placementTable.isDefault,
    })
    .from(placementTable)
    .where(and(eq(placementTable.accountId, accountId), eq(placementTable.publisherId, publisher.id)))
    .orderBy(asc(placementTable.createdAt), asc(placementTable.id));
  return { publisherId: publisher.id, publisherKey: publisher.publisherKey, placements };
}
