import type { AnyBinding } from '../../kernel/implement.ts';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { type DefaultInventory, ensureDefaultInventory } from './default-inventory.ts';
import type { InventoryPorts } from './ports.ts';

export type { DefaultInventory } from './default-inventory.ts';
export type { InventoryPorts } from './ports.ts';
export { inventoryForServing, type ServingInventory } from './serving-rows.ts';

export interface InventoryModule {
  operations: AnyBinding[];
  /** First publisher and placements of an account; answers those it has when there are some. */
  ensureDefaultInventory(tx: Tx, accountId: string): Promise<DefaultInventory>;
}

export function createInventory(ports: InventoryPorts): InventoryModule {
  return {
    operations: [],
    ensureDefaultInventory: (tx, accountId) => ensureDefaultInventory(tx, accountId, ports),
  };
}
