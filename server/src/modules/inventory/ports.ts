import type { Clock } from '../../kernel/clock.ts';
import type { Ids, RandomBytes } from '../../kernel/ids.ts';

export interface InventoryPorts {
  ids: Ids;
  random: RandomBytes;
  clock: Clock;
}
