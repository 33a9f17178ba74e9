import { and, eq } from 'drizzle-orm';
import type { AnyBinding } from '../../kernel/implement.ts';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { type DefaultInventory, ensureDefaultInventory } from './default-inventory.ts';
import { appOperations } from './operations/apps.ts';
import { placementOperations } from './operations/placements.ts';
import { publisherOperations } from './operations/publishers.ts';
import type { InventoryPorts } from './ports.ts';
import { placementTable } from './tables.ts';

export type { DefaultInventory } from './default-inventory.ts';
export type { InventoryPorts } from './ports.ts';
export {
  demoPlacementIds,
  markInventoryDemo,
  placementName,
  placementNames,
  removeDemoInventory,
} from './queries.ts';
export { inventoryForServing, type ServingInventory } from './serving-rows.ts';

export interface InventoryModule {
  operations: AnyBinding[];
  /** First publisher and placements of an account; answers those it has when there are some. */
  ensureDefaultInventory(tx: Tx, accountId: string): Promise<DefaultInventory>;
  /** Where requests without a placement go; null when the account has none. */
  defaultPlacementId(tx: Tx, accountId: string): Promise<string | null>;
  /** Its key, for tags; of the current account. */
  defaultPlacementKey(tx: Tx): Promise<string | null>;
}

export function createInventory(ports: InventoryPorts): InventoryModule {
  return {
    operations: [...publisherOperations(ports), ...appOperations(ports), ...placementOperations(ports)],
    ensureDefaultInventory: (tx, accountId) => ensureDefaultInventory(tx, accountId, ports),
    async defaultPlacementId(tx, accountId) {
      await ensureDefaultInventory(tx, accountId, ports);
      // Any publisher of the account may have taken it over.
      const [row] = await tx
        .select({ id: placementTable.id })
        .from(placementTable)
        .where(and(eq(placementTable.accountId, accountId), eq(placementTable.isDefault, true)));
      return row?.id ?? null;
    },
    async defaultPlacementKey(tx) {
      const [row] = await tx
        .select({ key: placementTable.key })
        .from(placementTable)
        .where(eq(placementTable.isDefault, true));
      return row?.key ?? null;
    },
  };
}
