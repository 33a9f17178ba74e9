import type { FunnelStep } from '@cuepoint/contract';

/** Steps of the funnel as people read them. */
export const stepWords: Record<FunnelStep, string> = {
  candidates: 'Candidates',
  live: 'Live',
  targeting: 'Targeting',
  caps_and_pacing: 'Caps and pacing',
  creative_fit: 'Creative fit',
  separation: 'Separation',
  floor: 'Floor',
  ranked: 'Ranked',
  served: 'Served',
};

/** Why something did not serve, as the end of a sentence: "X did not serve: …". */
const reasonSentences: Record<string, string> = {
  no_line_item: 'no line item sells this placement',
  paused: 'it or its campaign is not active',
  not_started: 'its flight has not started',
  ended: 'its last flight is over',
  geo: 'the viewer is elsewhere',
  device: 'the device is another one',
  placement: 'it does not target this placement',
  daypart: 'it is outside of its hours',
  content_rating: 'the content is not what it targets',
  key_value: 'the key-values or deals do not match',
  audience: 'the viewer is in none of its segments',
  consent: 'privacy signals withheld a fact it needs',
  freq_cap: 'the viewer has seen it as often as allowed',
  no_approved_creative: 'it has no approved creative',
  creative_gap: 'none of its creatives runs at this time',
  duration_fit: 'no creative has a length that fits',
  codec_fit: 'no creative has a format the placement plays',
  bitrate_fit: 'no creative has a bit rate the placement takes',
  not_cleared_for_destination: 'its creative is not cleared for this destination',
  no_budget: 'its budget is spent',
  daily_cap: 'its budget of the day is spent',
  pacing_ahead: 'it is ahead of its pacing',
  competitive_separation: 'a competitor is in the break',
  advertiser_dedupe: 'its advertiser is in the break as often as allowed',
  creative_dedupe: 'its creative is in the break already',
  pod_full: 'the break holds as many ads as it may',
  pod_duration: 'it does not fit into what is left of the break',
  blocked_category: 'the placement blocks its category',
  blocked_domain: 'the placement blocks its advertiser',
  below_floor: 'its price is below the floor',
  lower_priority: 'a line item of a better priority took the place',
  lost_rank: 'a better price took the place',
  bidder_timeout: 'the bidder did not answer in time',
  bidder_error: 'the bidder answered with an error',
};

/** The sentence of a reason; one that this version does not know keeps its own name. */
export function reasonSentence(reason: string): string {
  return reasonSentences[reason] ?? reason;
}

/** Dimensions of targeting with their names, in the order in which they are shown. */
export const dimensionWords = {
  country: 'Country',
  region: 'Region',
  city: 'City',
  postal: 'Postal code',
  dma: 'Metro',
  device: 'Device',
  os: 'System',
  make: 'Maker',
  app: 'App',
  player_size: 'Player size',
  genre: 'Genre',
  rating: 'Rating',
  language: 'Language',
  network: 'Network',
  channel: 'Channel',
  series: 'Series',
  livestream: 'Live or not',
  placement: 'Placement',
  publisher: 'Publisher',
  position: 'Position',
  key_value: 'Key-values',
  deal: 'Deals',
  segment: 'Segments',
} as const satisfies Record<string, string>;

export type DimensionName = keyof typeof dimensionWords;
export const dimensionNames = Object.keys(dimensionWords) as DimensionName[];

/** The name of a dimension; one that this version does not know keeps its own. */
export function dimensionWord(dimension: string): string {
  return dimension in dimensionWords ? dimensionWords[dimension as DimensionName] : dimension;
}

/** What a value of the dimension looks like, for hints beside a field. */
export const dimensionExamples: Record<DimensionName, string> = {
  country: 'DE, AT',
  region: 'US-CA',
  city: 'DE:hamburg',
  postal: 'US:97201',
  dma: '501',
  device: 'ctv, mobile',
  os: 'tizen',
  make: 'samsung',
  app: 'bundle or store id',
  player_size: 'small, medium, large, xlarge',
  genre: 'drama, news',
  rating: 'tv-14',
  language: 'de',
  network: 'name of the network',
  channel: 'name of the channel',
  series: 'title of the series',
  livestream: 'live or recorded',
  placement: 'placement id',
  publisher: 'publisher id',
  position: 'pre, mid, post, standalone',
  key_value: 'key=value',
  deal: 'deal id',
  segment: 'segment id',
};

/** "DE, AT" as a list of values; empty entries are left out. */
export function readValues(text: string): string[] {
  return [
    ...new Set(
      text
        .split(',')
        .map((value) => value.trim())
        .filter((value) => value !== ''),
    ),
  ];
}
