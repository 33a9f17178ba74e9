import { basename } from 'node:path';
import { MediaError } from '@cuepoint/media';
import { and, eq, ne } from 'drizzle-orm';
import { difference } from '../../../kernel/difference.ts';
import type { Tx } from '../../../kernel/unit-of-work.ts';
import type { Job } from '../../../platform/queue/index.ts';
import { extensionOf } from '../domain/video-file.ts';
import { isFileProblem } from '../media-problem.ts';
import type { CreativesPorts } from '../ports.ts';
import { type AssetRow, asAsset } from '../rows.ts';
import { assetTable, creativeTable, hlsPackageTable } from '../tables.ts';
import { packageAsset, type StoredPackage } from './package-asset.ts';

export interface PackageJob extends Record<string, unknown> {
  accountId: string;
  assetId: string;
}

/** After a failure that is not the file's, such as a missing ffmpeg: somebody may have seen to it by then. */
const RETRY_AFTER_MS = 6 * 60 * 60 * 1000;

interface Failure {
  detail: string;
  retryAt: Date | null;
}

/**
 * Packages a file to HLS. Does nothing for one that is packaged: repeats and late repeats are harmless, and a crash at
 * any point leaves it `pending`, to be found by the sweep, with no more than files that nothing names. A file that
 * cannot be packaged is `failed` with the reason, and its creatives go on being served as MP4.
 */
export function createPackageJob(ports: CreativesPorts) {
  const inAccount = <T>(accountId: string, work: (tx: Tx) => Promise<T>): Promise<T> =>
    ports.unitOfWork.withTransaction({ role: 'app', accountId }, work);

  return async function packageToHls(
    job: Pick<Job<PackageJob>, 'data' | 'lastAttempt' | 'signal'>,
  ): Promise<void> {
    const { accountId, assetId } = job.data;
    const asset = await inAccount(accountId, (tx) => load(tx, assetId));
    if (!asset) return;
    let result: StoredPackage | Failure;
    let fault: unknown = null;
    try {
      if (!asset.measurement) throw new Error(`asset ${assetId} was approved and never measured`);
      result = await packageAsset(asset, asset.measurement, ports, job.signal);
    } catch (error) {
      // A stopping process gives its job back: that says nothing about the file.
      const failure = job.signal.aborted ? null : failureOf(error, asset, ports, job.lastAttempt);
      if (failure === null) throw error;
      result = failure;
      if (!isFileProblem(error)) fault = error;
    }
    const changed = await inAccount(accountId, (tx) => finish(tx, accountId, assetId, result, ports));
    for (const id of changed) {
      ports.events.publish({ type: 'creative.changed', accountId, entity: { kind: 'creative', id } });
    }
    if (fault !== null) throw fault;
  };
}

async function load(tx: Tx, assetId: string): Promise<AssetRow | null> {
  const [row] = await tx
    .select({ asset: assetTable })
    .from(hlsPackageTable)
    .innerJoin(assetTable, eq(assetTable.id, hlsPackageTable.assetId))
    .where(and(eq(hlsPackageTable.assetId, assetId), ne(hlsPackageTable.status, 'ready')));
  return row ? asAsset(row.asset) : null;
}

/** What to tell the person; null while trying again may help. */
function failureOf(
  error: unknown,
  asset: AssetRow,
  ports: CreativesPorts,
  lastAttempt: boolean,
): Failure | null {
  const served = 'Players get it as MP4.';
  if (isFileProblem(error)) {
    const inner = basename(ports.files.pathOf(asset.sha256, extensionOf(asset.mime)));
    return { detail: `${error.message.replaceAll(inner, asset.originalName)} ${served}`, retryAt: null };
  }
  if (!lastAttempt) return null;
  const why =
    MediaError.is(error) && error.code === 'media.tool_missing'
      ? 'It could not be packaged to HLS: ffmpeg is missing on the server.'
      : 'It could not be packaged to HLS.';
  const retryAt = new Date(ports.clock.now().getTime() + RETRY_AFTER_MS);
  return { detail: `${why} ${served} It is tried again within hours, and at its next approval.`, retryAt };
}

/** Writes the result unless another attempt was first. @returns ids of the creatives that it changes */
async function finish(
  tx: Tx,
  accountId: string,
  assetId: string,
  result: StoredPackage | Failure,
  ports: CreativesPorts,
): Promise<string[]> {
  const now = ports.clock.now();
  const own = and(eq(hlsPackageTable.assetId, assetId), ne(hlsPackageTable.status, 'ready'));
  const [before] = await tx.select().from(hlsPackageTable).where(own).for('update');
  if (!before) return [];
  const status = 'hash' in result ? 'ready' : 'failed';
  const detail = 'hash' in result ? result.reasons.join('; ') || null : result.detail;
  await tx
    .update(hlsPackageTable)
    .set({
      status,
      detail,
      updatedAt: now,
      ...('hash' in result
        ? {
            packageHash: result.hash,
            durationMs: result.durationMs,
            sizeBytes: result.sizeBytes,
            files: result.files,
            renditions: result.renditions,
            retryAt: null,
          }
        : { retryAt: result.retryAt }),
    })
    .where(own);
  const creatives = await tx
    .select({ id: creativeTable.id })
    .from(creativeTable)
    .where(eq(creativeTable.assetId, assetId));
  const fields = difference({ packaging: before.status }, { packaging: status });
  await ports.recordAudit(
    tx,
    creatives.map(({ id }) => ({
      id: ports.ids.next('audit'),
      accountId,
      at: now,
      actor: { kind: 'system', id: 'system:creatives.package', name: 'Packaging' },
      operation: 'creatives.package',
      entity: { kind: 'creative', id },
      change: 'updated' as const,
      fields,
      reason: status === 'failed' ? detail : null,
      requestId: ports.ids.request(),
    })),
  );
  return creatives.map(({ id }) => id);
}
