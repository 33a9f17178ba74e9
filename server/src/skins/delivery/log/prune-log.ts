import type { LogPosition } from '../../../kernel/delivery-protocol.ts';
import type { DurableLog } from './durable-log.ts';
import { comparePositions } from './reader.ts';

export interface PruneRule {
  /** What must hold a segment's records before it may go: the counts of the control plane, or a verified backup of them. */
  readonly after: 'ingested' | 'backup';
  /** Up to this size nothing goes. */
  readonly keepBytes: number;
  /** With `backup`: less free space than this, and what is counted goes all the same. */
  readonly minFreeBytes: number;
  /** What was written before this instant goes whatever the size, ms since 1970; nothing does when absent. */
  readonly beforeMs?: number;
}

export interface Pruned {
  readonly removed: readonly number[];
  /** Of these: counted, but in no verified backup. They went because the disk was nearly full. */
  readonly unbacked: readonly number[];
}

/**
 * Forgets what may be forgotten, oldest first (docs/protocols/delivery.md, Retention). A segment that is not counted never
 * goes. New events are lost for certain on a full disk, old ones only if the database is lost as well: so room is made.
 * @param verified what a verified backup holds of this log; undefined when there is none
 * @param freeBytes of the disk that the log lies on
 */
export async function pruneLog(
  log: Pick<DurableLog, 'prune' | 'bytes'>,
  positions: { ingested: LogPosition; verified: LogPosition | undefined },
  rule: PruneRule,
  freeBytes: () => Promise<number>,
): Promise<Pruned> {
  const { ingested, verified } = positions;
  const { after, keepBytes, beforeMs } = rule;
  if (after === 'ingested') return { removed: await log.prune(ingested, keepBytes, beforeMs), unbacked: [] };
  const held = verified === undefined ? null : comparePositions(verified, ingested) < 0 ? verified : ingested;
  const removed = held === null ? [] : await log.prune(held, keepBytes, beforeMs);
  const shortBytes = rule.minFreeBytes - (await freeBytes());
  if (shortBytes <= 0) return { removed, unbacked: [] };
  const unbacked = await log.prune(ingested, Math.max(0, (await log.bytes()) - shortBytes));
  return { removed: [...removed, ...unbacked], unbacked };
}
