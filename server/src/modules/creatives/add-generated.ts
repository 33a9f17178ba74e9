import { and, eq, ne } from 'drizzle-orm';
import { difference } from '../../kernel/difference.ts';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { createCreative } from './create-creative.ts';
import type { CreativesPorts } from './ports.ts';
import { assetTable, creativeTable } from './tables.ts';
import { takeInVideo } from './take-in-video.ts';

export interface GeneratedVideo {
  accountId: string;
  campaignId: string;
  name: string;
  clickThroughUrl: string;
  /** Made by a stand-in generator. */
  simulated: boolean;
  demo: boolean;
  /** The finished file; it is copied. */
  path: string;
}

/**
 * Stores a finished video, adds its creative and starts its measurement. Slow: outside any transaction. Safe to repeat:
 * a generation that was cut off may bring its file again, and the same content under the same name in the same campaign
 * is the same creative.
 * @returns id of the creative
 * @throws AppError media.* when the file is no usable video; Error when the campaign is gone
 */
export async function addGeneratedCreative(file: GeneratedVideo, ports: CreativesPorts): Promise<string> {
  const { accountId, campaignId, name, clickThroughUrl, simulated, demo, path } = file;
  const video = await takeInVideo({ path, fileName: `${name}.mp4` }, ports);
  const id = await ports.unitOfWork.withTransaction({ role: 'app', accountId }, async (tx) => {
    const known = await sameCreative(tx, file, video.sha256);
    if (known !== null) return known;
    const now = ports.clock.now();
    const created = await createCreative(
      tx,
      { accountId, campaignId, name, clickThroughUrl, source: 'generated', simulated, video, now, demo },
      ports,
    );
    if (!created) throw new Error(`campaign ${campaignId} is gone; its video was not added`);
    const { entity, after } = created.audit;
    await ports.recordAudit(tx, [
      {
        id: ports.ids.next('audit'),
        accountId,
        at: now,
        actor: { kind: 'system', id: 'system:studio', name: 'Studio' },
        operation: 'creatives.addGeneratedCreative',
        entity,
        change: 'created',
        fields: difference(null, after),
        reason: null,
        requestId: ports.ids.request(),
      },
    ]);
    return created.row.id;
  });
  ports.events.publish({ type: 'creative.changed', accountId, entity: { kind: 'creative', id } });
  return id;
}

async function sameCreative(tx: Tx, file: GeneratedVideo, sha256: string): Promise<string | null> {
  const [row] = await tx
    .select({ id: creativeTable.id })
    .from(creativeTable)
    .innerJoin(assetTable, eq(assetTable.id, creativeTable.assetId))
    .where(
      and(
        eq(assetTable.sha256, sha256),
        eq(creativeTable.campaignId, file.campaignId),
        eq(creativeTable.name, file.name),
        eq(creativeTable.source, 'generated'),
        ne(creativeTable.status, 'inactive'),
      ),
    )
    .limit(1);
  return row?.id ?? null;
}
