import type { Clock } from '../../kernel/clock.ts';
import type { Ids, RandomBytes } from '../../kernel/ids.ts';

export interface InventoryPorts {
  ids: Ids;
  random: RandomBytes;
  clock: Clock;
  /** Address of the delivery plane for players, without a slash at the end; goes into tags. */
  publicUrl: string;
}
