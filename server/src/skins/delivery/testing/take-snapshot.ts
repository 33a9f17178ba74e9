import type { Snapshot } from '../../../kernel/delivery-protocol.ts';
import type { Engine } from '../engine.ts';
import { SnapshotDiffer } from '../snapshot/differ.ts';

const differs = new WeakMap<Engine, SnapshotDiffer>();

/** As after the snapshot thread ended: the next snapshot is handed over whole. */
export function restartThread(engine: Engine): void {
  differs.delete(engine);
}

/** Has an engine take a snapshot over, as the snapshot thread would hand it: by what differs. */
export async function takeSnapshot(engine: Engine, snapshot: Snapshot): Promise<{ replayedRecords: number }> {
  const differ = differs.get(engine) ?? new SnapshotDiffer();
  differs.set(engine, differ);
  const { spend, hash, spendHash, builtAt, schemaVersion: _version, ...body } = snapshot;
  const taken = await engine.take(differ.change({ hash, spendHash, builtAt }, JSON.stringify(body), spend));
  differ.taken();
  return taken;
}
