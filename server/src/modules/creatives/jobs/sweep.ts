import { and, eq, inArray, isNull, lt, or } from 'drizzle-orm';
import { extensionOf } from '../domain/video-file.ts';
import { requestPackaging } from '../packaging.ts';
import type { CreativesPorts } from '../ports.ts';
import { asAsset, type StoredPackageFile } from '../rows.ts';
import { assetTable, creativeTable, hlsPackageTable } from '../tables.ts';
import { MEASURE_QUEUE, PACKAGE_QUEUE } from './queues.ts';

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

/**
 * Asks for the package of every file that is approved and has none: approved before there was packaging, its job lost,
 * or failed for a reason outside the file some time ago.
 */
export async function sweepPackaging(ports: CreativesPorts): Promise<number> {
  const now = ports.clock.now();
  const found = await ports.unitOfWork.withTransaction({ role: 'scheduler' }, (tx) =>
    tx
      .selectDistinct({
        accountId: creativeTable.accountId,
        assetId: creativeTable.assetId,
        status: hlsPackageTable.status,
      })
      .from(creativeTable)
      .leftJoin(
        hlsPackageTable,
        and(
          eq(hlsPackageTable.accountId, creativeTable.accountId),
          eq(hlsPackageTable.assetId, creativeTable.assetId),
        ),
      )
      .where(
        and(
          eq(creativeTable.status, 'active'),
          inArray(creativeTable.approval, ['approved', 'trafficked']),
          or(
            isNull(hlsPackageTable.status),
            and(
              eq(hlsPackageTable.status, 'pending'),
              lt(hlsPackageTable.updatedAt, new Date(now.getTime() - LOST_AFTER_MS)),
            ),
            and(eq(hlsPackageTable.status, 'failed'), lt(hlsPackageTable.retryAt, now)),
          ),
        ),
      )
      .limit(500),
  );
  let sent = 0;
  for (const { accountId, assetId, status } of found) {
    if (assetId === null) continue;
    const file = { accountId, assetId };
    const isSent =
      status === 'pending'
        ? (await ports.queue.send(PACKAGE_QUEUE, file, { singletonKey: assetId })) !== null
        : await ports.unitOfWork.withTransaction({ role: 'app', accountId }, (tx) =>
            requestPackaging(tx, file, now, ports),
          );
    if (isSent) sent++;
  }
  return sent;
}

/** Removes files that no asset of any account names any more, as itself, its picture or its package. */
export async function sweepFiles(ports: CreativesPorts): Promise<number> {
  const named = new Set<string>();
  const { rows, packages } = await ports.unitOfWork.withTransaction(
    { role: 'snapshot_builder', readOnly: true },
    async (tx) => ({
      rows: await tx
        .select({ sha256: assetTable.sha256, mime: assetTable.mime, frames: assetTable.frames })
        .from(assetTable),
      packages: await tx.select({ files: hlsPackageTable.files }).from(hlsPackageTable),
    }),
  );
  for (const { files } of packages) {
    for (const file of files as StoredPackageFile[]) named.add(`${file.sha256}.${file.extension}`);
  }
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
