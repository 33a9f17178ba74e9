import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  decodeSnapshot,
  encodeSnapshot,
  type Snapshot,
  type SnapshotBody,
  type SpendStatement,
} from '../../../kernel/delivery-protocol.ts';
import { Engine, type EngineOptions } from '../engine.ts';
import { DurableLog, type DurableLogOptions } from '../log/durable-log.ts';
import { NO_SPEND } from './sample-snapshot.ts';

/** A log in a directory of its own; `remove` closes it and takes the directory away. */
export async function openLog(
  over: Partial<DurableLogOptions> = {},
): Promise<{ log: DurableLog; dir: string; remove(): Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'cuepoint-engine-'));
  const { log } = await DurableLog.open({
    dir: join(dir, 'log'),
    nodeId: 'node-1',
    sync: 'fsync',
    segmentBytes: 1024 * 1024,
    maxQueueBytes: 64 * 1024 * 1024,
    nowMs: Date.now,
    ...over,
  });
  const remove = async () => {
    await log.close();
    await rm(dir, { recursive: true, force: true });
  };
  return { log, dir, remove };
}

/** An engine on it, as a node starts one; it has no snapshot yet. */
export function newEngine(log: DurableLog, over: Partial<EngineOptions> = {}): Engine {
  return new Engine(log, {
    nodeId: 'node-1',
    reservationSeconds: 600,
    tokenSeconds: 14_400,
    nowMs: Date.now,
    ...over,
  });
}

/** A snapshot as it comes off the wire. */
export function sealed(body: SnapshotBody, spend: SpendStatement = NO_SPEND): Snapshot {
  const decoded = decodeSnapshot(encodeSnapshot(body, spend, '2026-03-01T00:00:00Z').text);
  if (!decoded.ok) throw new Error(decoded.problem);
  return decoded.snapshot;
}
