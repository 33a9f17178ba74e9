import { eq } from 'drizzle-orm';
import { findCampaign } from '#modules/campaigns';
import { brandsById } from '#modules/governance';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { defaultLandingPage, landingPage } from './domain/creative-values.ts';
import { MEASURE_QUEUE } from './jobs/queues.ts';
import type { CreativesPorts } from './ports.ts';
import { auditView, type CreativeRow } from './rows.ts';
import { assetTable, creativeTable } from './tables.ts';
import type { StoredVideo } from './take-in-video.ts';

export interface NewCreative {
  accountId: string;
  campaignId: string;
  /** Default: serves under every line item of the campaign. */
  lineItemId?: string | null;
  name: string;
  /** Default: the site of the campaign's brand. */
  clickThroughUrl?: string | undefined;
  source: 'uploaded' | 'generated';
  /** Made by a stand-in generator. */
  simulated: boolean;
  video: StoredVideo;
  now: Date;
  demo?: boolean;
}

export interface CreatedCreative {
  row: CreativeRow;
  /** For `context.record`. */
  audit: { entity: { kind: 'creative'; id: string }; before: null; after: Record<string, unknown> };
}

/**
 * Adds a creative in state `processing` and, as part of the same transaction, the job that measures it. A file the
 * account has already is not added again.
 * @returns null when the account has no such campaign
 */
export async function createCreative(
  tx: Tx,
  input: NewCreative,
  ports: Pick<CreativesPorts, 'ids' | 'queue'>,
): Promise<CreatedCreative | null> {
  const { accountId, now, demo = false } = input;
  const campaign = await findCampaign(tx, input.campaignId);
  if (!campaign) return null;
  const brand = (await brandsById(tx, [campaign.brandId])).get(campaign.brandId);
  if (!brand) throw new Error(`campaign ${campaign.id} names a brand that is gone`);
  const assetId = await ensureAsset(tx, input, ports);
  const id = ports.ids.next('creative');
  const [row] = await tx
    .insert(creativeTable)
    .values({
      id,
      accountId,
      campaignId: campaign.id,
      lineItemId: input.lineItemId ?? null,
      assetId,
      name: input.name,
      status: 'processing',
      approval: 'draft',
      approvalAt: now,
      source: input.source,
      simulated: input.simulated,
      universalAdId: id,
      clickThroughUrl:
        input.clickThroughUrl === undefined
          ? defaultLandingPage(brand.domain)
          : landingPage(input.clickThroughUrl),
      vendors: ['ias', 'doubleverify'],
      demo,
      createdAt: now,
      updatedAt: now,
    })
    .returning();
  await ports.queue.send(MEASURE_QUEUE, { accountId, creativeId: id }, { tx, singletonKey: id });
  return {
    row: row!,
    audit: { entity: { kind: 'creative', id }, before: null, after: auditView(row!) },
  };
}

async function ensureAsset(tx: Tx, input: NewCreative, ports: Pick<CreativesPorts, 'ids'>): Promise<string> {
  const { accountId, video, now, demo = false } = input;
  const { sha256, sizeBytes, mime, originalName } = video;
  await tx
    .insert(assetTable)
    .values({
      id: ports.ids.next('asset'),
      accountId,
      sha256,
      sizeBytes,
      mime,
      originalName,
      demo,
      createdAt: now,
      updatedAt: now,
    })
    .onConflictDoNothing({ target: [assetTable.accountId, assetTable.sha256] });
  const [asset] = await tx
    .select({ id: assetTable.id })
    .from(assetTable)
    .where(eq(assetTable.sha256, sha256));
  if (!asset) throw new Error(`the asset ${sha256} was added and is not there`);
  return asset.id;
}
