import type { Reason } from '../reasons.ts';

/**
 * What a line item can target. `scalar` dimensions have at most one value a request, and a request that does not know
 * it satisfies no predicate on it, not even an exclusion. `set` dimensions have any number of values, and none at all is
 * a fact: an exclusion then holds. `content` facts are scalar or lists, and absent means unknown.
 */
export interface DimensionRule {
  readonly kind: 'scalar' | 'list' | 'set';
  /** Why a line item does not serve when its predicate fails. */
  readonly reason: Reason;
  /** What a value looks like, for messages. */
  readonly accepted: string;
  /** Spelling in which values are compared. */
  readonly spelling: 'upper' | 'lower' | 'as_is';
}

/** In the order in which a request's facts are stored; positions are part of no file. */
export const DIMENSIONS = {
  country: { kind: 'scalar', reason: 'geo', accepted: 'ISO 3166-1 alpha-2, such as DE', spelling: 'upper' },
  region: { kind: 'scalar', reason: 'geo', accepted: 'ISO 3166-2, such as US-CA', spelling: 'upper' },
  city: {
    kind: 'scalar',
    reason: 'geo',
    accepted: 'country and city, such as DE:hamburg',
    spelling: 'lower',
  },
  postal: {
    kind: 'scalar',
    reason: 'geo',
    accepted: 'country and code, such as US:97201',
    spelling: 'lower',
  },
  dma: { kind: 'scalar', reason: 'geo', accepted: 'a metro code, such as 501', spelling: 'as_is' },
  device: { kind: 'scalar', reason: 'device', accepted: 'a device type, such as ctv', spelling: 'lower' },
  os: { kind: 'scalar', reason: 'device', accepted: 'an operating system, such as tizen', spelling: 'lower' },
  make: { kind: 'scalar', reason: 'device', accepted: 'a maker, such as samsung', spelling: 'lower' },
  app: { kind: 'scalar', reason: 'device', accepted: 'an app bundle or store id', spelling: 'as_is' },
  player_size: {
    kind: 'scalar',
    reason: 'device',
    accepted: 'small, medium, large or xlarge',
    spelling: 'lower',
  },
  genre: { kind: 'list', reason: 'content_rating', accepted: 'a genre, such as drama', spelling: 'lower' },
  rating: {
    kind: 'scalar',
    reason: 'content_rating',
    accepted: 'a content rating, such as tv-14',
    spelling: 'lower',
  },
  language: {
    kind: 'scalar',
    reason: 'content_rating',
    accepted: 'ISO 639-1, such as de',
    spelling: 'lower',
  },
  network: { kind: 'scalar', reason: 'content_rating', accepted: 'a network name', spelling: 'lower' },
  channel: { kind: 'scalar', reason: 'content_rating', accepted: 'a channel name', spelling: 'lower' },
  series: { kind: 'scalar', reason: 'content_rating', accepted: 'a series title', spelling: 'lower' },
  livestream: { kind: 'scalar', reason: 'content_rating', accepted: 'live or recorded', spelling: 'lower' },
  placement: { kind: 'scalar', reason: 'placement', accepted: 'a placement id', spelling: 'as_is' },
  publisher: { kind: 'scalar', reason: 'placement', accepted: 'a publisher id', spelling: 'as_is' },
  position: {
    kind: 'scalar',
    reason: 'placement',
    accepted: 'pre, mid, post or standalone',
    spelling: 'lower',
  },
  key_value: { kind: 'set', reason: 'key_value', accepted: 'key=value', spelling: 'as_is' },
  deal: { kind: 'set', reason: 'key_value', accepted: 'a deal id', spelling: 'as_is' },
  segment: { kind: 'set', reason: 'audience', accepted: 'a segment id', spelling: 'as_is' },
} as const satisfies Record<string, DimensionRule>;

export type Dimension = keyof typeof DIMENSIONS;

export const DIMENSION_NAMES = Object.keys(DIMENSIONS) as readonly Dimension[];

const ORDINALS = new Map<string, number>(DIMENSION_NAMES.map((name, ordinal) => [name, ordinal]));

/** Position of a dimension in a request's facts; undefined for one this version does not know. */
export function dimensionOrdinal(name: string): number | undefined {
  return ORDINALS.get(name);
}

/** The spelling in which a value is compared. */
export function spell(dimension: string, value: string): string {
  const rule = (DIMENSIONS as Record<string, DimensionRule>)[dimension];
  if (rule?.spelling === 'upper') return value.toUpperCase();
  return rule?.spelling === 'lower' ? value.toLowerCase() : value;
}
