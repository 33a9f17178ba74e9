import type { Vendor } from '@cuepoint/contract';
import { campaignsById } from '#modules/campaigns';
import { brandsById } from '#modules/governance';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { universalAdIdOf } from './domain/creative-values.ts';
import { slotDurationMs } from './domain/slot-duration.ts';
import type { VastSubject } from './domain/vast-document.ts';
import { codecString, extensionOf } from './domain/video-file.ts';
import type { CreativesPorts } from './ports.ts';
import type { AssetRow, CreativeRow } from './rows.ts';

export interface TagTarget {
  subject: VastSubject;
  adDomain: string;
}

/**
 * What VAST documents say about these creatives, by creative id. Works for the account of the transaction, and for all
 * accounts with the role snapshot_builder. Left out: a creative without a measured picture.
 */
export async function vastSubjects(
  tx: Tx,
  rows: ReadonlyArray<{ creative: CreativeRow; asset: AssetRow }>,
  ports: Pick<CreativesPorts, 'publicUrl' | 'mediaBaseUrl'>,
): Promise<Map<string, TagTarget>> {
  const campaigns = await campaignsById(tx, [...new Set(rows.map((row) => row.creative.campaignId))]);
  const brands = await brandsById(tx, [...new Set([...campaigns.values()].map((one) => one.brandId))]);
  const targets = new Map<string, TagTarget>();
  for (const { creative, asset } of rows) {
    const campaign = campaigns.get(creative.campaignId);
    const brand = campaign && brands.get(campaign.brandId);
    const { measurement } = asset;
    if (!campaign || !brand || !measurement?.video) continue;
    const { video } = measurement;
    targets.set(creative.id, {
      adDomain: brand.domain,
      subject: {
        creativeId: creative.id,
        campaignId: campaign.id,
        brandId: brand.id,
        name: creative.name,
        advertiser: brand.name,
        categories: brand.categories,
        universalAdId: universalAdIdOf(creative.universalAdId),
        durationMs: slotDurationMs(measurement.durationMs, measurement.video?.fps ?? 0),
        vendors: creative.vendors as Vendor[],
        media: {
          url: mediaUrl(asset, ports),
          mime: asset.mime,
          width: video.width,
          height: video.height,
          bitrateKbps: Math.round(measurement.totalBitrateBps / 1000),
          codec: codecString(video),
        },
      },
    });
  }
  return targets;
}

/** Public address of the file, as delivery nodes serve it. */
function mediaUrl(asset: AssetRow, ports: Pick<CreativesPorts, 'publicUrl' | 'mediaBaseUrl'>): string {
  const base = ports.mediaBaseUrl ?? `${ports.publicUrl}/media`;
  return `${base}/${asset.sha256}.${extensionOf(asset.mime)}`;
}

/**
 * The tag to hand to a platform or player: it asks this ad server for a spot of exactly this length in the account's
 * default placement. Macros are VAST 4.2 section 6; one that a player leaves unfilled does no harm.
 */
export function tagUrl(
  publicUrl: string,
  tag: { placementKey: string | null; durationMs: number | null; vastVersion: string },
): string {
  const seconds = tag.durationMs === null ? null : String(tag.durationMs / 1000);
  const query = new URLSearchParams({
    ...(tag.placementKey === null ? {} : { pl: tag.placementKey }),
    ...(seconds === null ? {} : { dur: seconds, mindur: seconds }),
    v: tag.vastVersion,
  });
  return `${publicUrl}/vast?${query.toString()}&rid=[TRANSACTIONID]&cb=[CACHEBUSTING]`;
}
