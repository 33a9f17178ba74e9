import { eq } from 'drizzle-orm';
import type { AnyBinding } from '../../kernel/implement.ts';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { type DefaultInventory, ensureDefaultInventory } from './default-inventory.ts';
import type { InventoryPorts } from './ports.ts';
import { placementTable } from './tables.ts';

export type { DefaultInventory } from './default-inventory.ts';
export type { InventoryPorts } from './ports.ts';
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
    operations: [],
    ensureDefaultInventory: (tx, accountId) => ensureDefaultInventory(tx, accountId, ports),
    async defaultPlacementId(tx, accountId) {
      const { placements } = await ensureDefaultInventory(tx, accountId, ports);
      return placements.find((placement) => placement.isDefault)?.id ?? null;
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
