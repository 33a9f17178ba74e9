import type { CodeValue, TaxonomyPattern } from './pattern.ts';

/** The codes an account has: its brands, markets and channels. */
export interface Vocabulary {
  brands: readonly CodeValue[];
  markets: readonly CodeValue[];
  channels: readonly CodeValue[];
}

export const DEFAULT_TEMPLATE = '[BrandCode]_[MarketCode]_[Channel]_[Year]_[CampaignName]';

/** The pattern an account starts with, e.g. `DIS_US_META_2026_MoanaLaunch`, over its own codes. */
export function defaultPattern({ brands, markets, channels }: Vocabulary): TaxonomyPattern {
  return {
    id: 'default',
    version: '1',
    template: DEFAULT_TEMPLATE,
    dimensions: {
      BrandCode: { kind: 'code', label: 'Brand', charset: 'upper_alnum', maxLength: 8, values: brands },
      MarketCode: { kind: 'code', label: 'Market', charset: 'upper_alnum', maxLength: 6, values: markets },
      Channel: { kind: 'code', label: 'Channel', charset: 'upper_alnum', maxLength: 12, values: channels },
      Year: { kind: 'year', label: 'Year', charset: 'digits', maxLength: 4, min: 2000, max: 2100 },
      CampaignName: { kind: 'slug', label: 'Campaign name', charset: 'alnum', maxLength: 80 },
    },
    maxLength: 128,
    channelDimension: 'Channel',
  };
}
