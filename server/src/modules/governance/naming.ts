import { composeName, DEFAULT_TEMPLATE, defaultPattern, type NameProblem } from '@cuepoint/taxonomy';
import { eq } from 'drizzle-orm';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { showBrand, showChannel, showMarket } from './operations/catalogue.ts';
import { brandTable, channelTable, marketTable } from './tables.ts';

/** The three axes of a name, by id. */
export interface NameAxes {
  brandId: string;
  marketId: string;
  channelId: string;
}

export type Axes = {
  brand: ReturnType<typeof showBrand>;
  market: ReturnType<typeof showMarket>;
  channel: ReturnType<typeof showChannel>;
};

export type AxesResult = { ok: true; axes: Axes } | { ok: false; missing: 'brand' | 'market' | 'channel' };

/** Loads brand, market and channel of the current account; says which one it does not have. */
export async function loadAxes(tx: Tx, ids: NameAxes): Promise<AxesResult> {
  const [brand] = await tx.select().from(brandTable).where(eq(brandTable.id, ids.brandId));
  if (!brand) return { ok: false, missing: 'brand' };
  const [market] = await tx.select().from(marketTable).where(eq(marketTable.id, ids.marketId));
  if (!market) return { ok: false, missing: 'market' };
  const [channel] = await tx.select().from(channelTable).where(eq(channelTable.id, ids.channelId));
  if (!channel) return { ok: false, missing: 'channel' };
  return {
    ok: true,
    axes: { brand: showBrand(brand), market: showMarket(market), channel: showChannel(channel) },
  };
}

export type CampaignName =
  | { ok: true; name: string; pattern: string; parts: Array<{ dimension: string; value: string }> }
  | { ok: false; problems: NameProblem[] };

/** The campaign name that the account's pattern gives. */
export function composeCampaignName(axes: Axes, year: number, label: string): CampaignName {
  const code = ({ code, name }: { code: string; name: string }) => ({ code, label: name });
  const pattern = defaultPattern({
    brands: [code(axes.brand)],
    markets: [code(axes.market)],
    channels: [code(axes.channel)],
  });
  const result = composeName(pattern, {
    BrandCode: axes.brand.code,
    MarketCode: axes.market.code,
    Channel: axes.channel.code,
    Year: String(year),
    CampaignName: label,
  });
  if (!result.ok) return result;
  return {
    ok: true,
    name: result.name,
    pattern: DEFAULT_TEMPLATE,
    parts: Object.entries(result.values).map(([dimension, value]) => ({ dimension, value })),
  };
}
