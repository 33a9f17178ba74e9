import { and, eq, lt } from 'drizzle-orm';
import { extensionOf } from '../domain/video-file.ts';
import type { CreativesPorts } from '../ports.ts';
import { asAsset } from '../rows.ts';
import { assetTable, creativeTable } from '../tables.ts';
import { MEASURE_QUEUE } from './queues.ts';

/** A creative is looked for when nothing happened to it for so long. */
const LOST_AFTER_MS = 60_000;
/** Files are given to the store before the row that names them; this is far longer than that takes. */
const FORGOTTEN_AFTER_MS = 24 * 60 * 60 * 1000;

/** Enqueues every creative that is still `processing`; one whose job is there already is not enqueued twice. */
export async function sweepProcessing(ports: CreativesPorts): Promise<number> {
  const lost = await ports.unitOfWork.withTransaction({ role: 'scheduler' }, (tx) =>
    tx
      .select({ id: creativeTable.id, accountId: creativeTable.accountId })
      .from(creativeTable)
      .where(
        and(
          eq(creativeTable.status, 'processing'),
          lt(creativeTable.updatedAt, new Date(ports.clock.now().getTime() - LOST_AFTER_MS)),
        ),
      )
      .limit(500),
  );
  let sent = 0;
  for (const { id, accountId } of lost) {
    const job = await ports.queue.send(MEASURE_QUEUE, { accountId, creativeId: id }, { singletonKey: id });
    if (job !== null) sent++;
  }
  return sent;
}

/** Removes files that no asset of any account names any more. */
export async function sweepFiles(ports: CreativesPorts): Promise<number> {
  const named = new Set<string>();
  const rows = await ports.unitOfWork.withTransaction({ role: 'snapshot_builder', readOnly: true }, (tx) =>
    tx
      .select({ sha256: assetTable.sha256, mime: assetTable.mime, frames: assetTable.frames })
      .from(assetTable),
  );
  for (const row of rows) {
    named.add(`${row.sha256}.${extensionOf(row.mime)}`);
    for (const picture of asAsset(row as typeof assetTable.$inferSelect).frames)
      named.add(`${picture.sha256}.jpg`);
  }
  const oldest = ports.clock.now().getTime() - FORGOTTEN_AFTER_MS;
  let removed = 0;
  for await (const { sha256, extension, storedAt } of ports.files.list()) {
    if (named.has(`${sha256}.${extension}`) || storedAt.getTime() > oldest) continue;
    try {
      await ports.files.remove(sha256, extension);
      removed++;
    } catch (error) {
      ports.onFault(error, 'a file that nothing names could not be removed');
    }
  }
  return removed;
}
