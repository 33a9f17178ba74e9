import { MediaError } from '@cuepoint/media';
import { and, eq } from 'drizzle-orm';
import { findCampaign } from '#modules/campaigns';
import { axisNames } from '#modules/governance';
import { difference } from '../../../kernel/difference.ts';
import type { Tx } from '../../../kernel/unit-of-work.ts';
import type { Job } from '../../../platform/queue/index.ts';
import { extensionOf } from '../domain/video-file.ts';
import { describeMediaError, isFileProblem } from '../media-problem.ts';
import { checkAgainst, packsToCheck } from '../packs.ts';
import type { CreativesPorts } from '../ports.ts';
import { type AssetRow, asAsset, auditView, type CreativeRow } from '../rows.ts';
import { assetTable, creativeTable, qcResultTable } from '../tables.ts';
import { measureAsset } from './measure-asset.ts';

export interface MeasureJob extends Record<string, unknown> {
  accountId: string;
  creativeId: string;
}

type Measured = Awaited<ReturnType<typeof measureAsset>>;

/**
 * Measures the file of a creative, holds it against every pack, and makes the creative active, or failed with the
 * reason. Does nothing for a creative that is not `processing`: repeats and late repeats are harmless, and a crash at
 * any point leaves it `processing`, to be found by the sweep.
 */
export function createMeasureJob(ports: CreativesPorts) {
  const inAccount = <T>(accountId: string, work: (tx: Tx) => Promise<T>): Promise<T> =>
    ports.unitOfWork.withTransaction({ role: 'app', accountId }, work);

  return async function measure(
    job: Pick<Job<MeasureJob>, 'data' | 'lastAttempt' | 'signal'>,
  ): Promise<void> {
    const { accountId, creativeId } = job.data;
    const found = await inAccount(accountId, (tx) => load(tx, creativeId));
    if (!found) return;
    const { asset } = found;
    let measured: Measured | null = null;
    if (asset.measurement === null) {
      try {
        measured = await measureAsset(asset, ports, job.signal);
      } catch (error) {
        const failure = failureOf(error, asset, ports, job.lastAttempt);
        if (failure === null) throw error;
        await inAccount(accountId, (tx) => finish(tx, creativeId, { failure }, ports));
        publish(accountId, creativeId);
        if (!isFileProblem(error)) throw error;
        return;
      }
    }
    await inAccount(accountId, async (tx) => {
      if (measured) await keepMeasurement(tx, asset.id, measured, ports);
      await finish(tx, creativeId, { checked: await checkRows(tx, creativeId) }, ports);
    });
    publish(accountId, creativeId);
  };

  function publish(accountId: string, id: string): void {
    ports.events.publish({ type: 'creative.changed', accountId, entity: { kind: 'creative', id } });
  }
}

async function load(tx: Tx, creativeId: string): Promise<{ creative: CreativeRow; asset: AssetRow } | null> {
  const [row] = await tx
    .select({ creative: creativeTable, asset: assetTable })
    .from(creativeTable)
    .innerJoin(assetTable, eq(assetTable.id, creativeTable.assetId))
    .where(and(eq(creativeTable.id, creativeId), eq(creativeTable.status, 'processing')));
  return row ? { creative: row.creative, asset: asAsset(row.asset) } : null;
}

/** What to tell the person; null while trying again may help. */
function failureOf(
  error: unknown,
  asset: AssetRow,
  ports: CreativesPorts,
  lastAttempt: boolean,
): string | null {
  if (isFileProblem(error)) {
    const path = ports.files.pathOf(asset.sha256, extensionOf(asset.mime));
    return describeMediaError(error, path, asset.originalName);
  }
  if (!lastAttempt) return null;
  return MediaError.is(error) && error.code === 'media.tool_missing'
    ? 'The file could not be measured: ffmpeg is missing on the server. Upload it again once it is there.'
    : 'The file could not be measured. Upload it again; if it stays, report the id of this creative.';
}

async function keepMeasurement(
  tx: Tx,
  assetId: string,
  { measurement, frames }: Measured,
  ports: CreativesPorts,
): Promise<void> {
  const now = ports.clock.now();
  await tx
    .update(assetTable)
    .set({ measurement, frames, measuredAt: now, updatedAt: now })
    .where(eq(assetTable.id, assetId));
}

async function checkRows(tx: Tx, creativeId: string): Promise<ReturnType<typeof checkAgainst>> {
  const found = await load(tx, creativeId);
  if (!found?.asset.measurement) return [];
  const campaign = await findCampaign(tx, found.creative.campaignId);
  const { market } = await axisNames(tx);
  const country = campaign ? (market.get(campaign.marketId)?.countryCode ?? null) : null;
  return checkAgainst(found.asset.measurement, await packsToCheck(tx), country);
}

async function finish(
  tx: Tx,
  creativeId: string,
  result: { failure: string } | { checked: ReturnType<typeof checkAgainst> },
  ports: CreativesPorts,
): Promise<void> {
  const [before] = await tx
    .select()
    .from(creativeTable)
    .where(eq(creativeTable.id, creativeId))
    .for('update');
  if (before?.status !== 'processing') return;
  const now = ports.clock.now();
  const failure = 'failure' in result ? result.failure : null;
  const [after] = await tx
    .update(creativeTable)
    .set({
      status: failure === null ? 'active' : 'failed',
      failure,
      version: before.version + 1,
      updatedAt: now,
    })
    .where(eq(creativeTable.id, creativeId))
    .returning();
  await tx.delete(qcResultTable).where(eq(qcResultTable.creativeId, creativeId));
  if ('checked' in result && result.checked.length > 0) {
    const { accountId } = before;
    await tx
      .insert(qcResultTable)
      .values(result.checked.map((row) => ({ ...row, accountId, creativeId, checkedAt: now })));
  }
  await ports.recordAudit(tx, [
    {
      id: ports.ids.next('audit'),
      accountId: before.accountId,
      at: now,
      actor: { kind: 'system', id: 'system:creatives.measure', name: 'Measuring' },
      operation: 'creatives.measure',
      entity: { kind: 'creative', id: creativeId },
      change: 'updated',
      fields: difference(auditView(before), auditView(after!)),
      reason: failure,
      requestId: ports.ids.request(),
    },
  ]);
}
