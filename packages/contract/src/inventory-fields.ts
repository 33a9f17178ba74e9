import { z } from 'zod';
import { BrandId } from './ids.ts';
import { Currency, Micros } from './money.ts';

const Domain = z
  .string()
  .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'expected a domain such as fernwhistle.example')
  .max(253);
const Category = z.string().regex(/^[A-Za-z0-9-]{1,20}$/, 'expected an IAB category id such as IAB17-12');
const name = z.string().trim().min(1).max(120);
/** An hour is the longest break or spot that anything here is asked for. */
const durationMs = z.int().min(0).max(3_600_000);
const floor = Micros.min(0).max(10_000_000_000);
const categories = z.array(Category).max(100).meta({ description: 'IAB category ids' });

export const publisherFields = {
  name,
  domain: Domain.nullable().meta({ description: 'domain of the business, for sellers.json' }),
};

export const appFields = {
  name,
  kind: z.enum(['app', 'site', 'channel']).default('app'),
  bundle: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,200}$/, 'expected a bundle or store id such as com.example.tv')
    .nullable()
    .meta({ description: 'bundle or store id, as requests say it' }),
  domain: Domain.nullable(),
  storeUrl: z
    .url({ protocol: /^https$/, error: 'expected an https URL' })
    .max(2000)
    .nullable()
    .meta({ description: 'https URL in the store, for the macro STOREURL' }),
  storeId: z
    .string()
    .regex(/^[!-~]([ -~]{0,126}[!-~])?$/, 'expected 1 to 128 printable ASCII characters such as 886445756')
    .nullable()
    .meta({ description: 'id in the store, for the macro STOREID' }),
  network: z.string().trim().min(1).max(120).nullable().meta({ description: 'network it belongs to' }),
  channelName: z.string().trim().min(1).max(120).nullable(),
  categories,
};

/** Fixed slots, and ads, of one break: what the decision engine can fill. */
export const MAX_BREAK_SLOTS = 32;

/** How a break is filled; the words are those of the decision engine. */
export const PodRule = z
  .strictObject({
    kind: z.enum(['dynamic', 'structured', 'hybrid']),
    durationMs: durationMs.default(0).meta({ description: 'length of the dynamic part' }),
    maxAds: z.int().min(1).max(MAX_BREAK_SLOTS),
    isExact: z.boolean().default(false).meta({ description: 'filled to the millisecond or not at all' }),
    slots: z
      .array(
        z.strictObject({
          kind: z.enum(['any', 'bumper']).default('any'),
          minDurationMs: durationMs.default(0),
          maxDurationMs: durationMs.min(1),
        }),
      )
      .max(MAX_BREAK_SLOTS)
      .default([])
      .meta({ description: 'fixed slots in play order' }),
    maxAdsPerAdvertiser: z.int().min(1).max(MAX_BREAK_SLOTS).default(1),
    firstPermille: z.int().min(100).max(10_000).default(1000),
    lastPermille: z.int().min(100).max(10_000).default(1000),
    categorySeparation: z.enum(['pod', 'adjacent', 'none']).default('pod'),
    backups: z.int().min(0).max(8).default(0),
  })
  .meta({ description: 'how a break is filled; null = one ad at a time' });
export type PodRule = z.output<typeof PodRule>;

export const placementFields = {
  name,
  position: z.enum(['pre', 'mid', 'post', 'standalone']),
  isDefault: z.boolean().meta({ description: 'requests without a placement go there; one in an account' }),
  status: z.enum(['active', 'paused']),
  minDurationMs: durationMs,
  maxDurationMs: durationMs.min(1),
  exactDurationsMs: z
    .array(durationMs.min(1))
    .max(20)
    .meta({ description: 'only these lengths; none = any between the two' }),
  formats: z
    .array(z.enum(['linear_video']))
    .min(1)
    .max(1),
  hosts: z
    .array(z.string().regex(/^[a-z0-9.-]{1,253}$/, 'expected a lower-case host name without port'))
    .max(50)
    .meta({ description: 'host names whose requests mean this placement' }),
  pod: PodRule.nullable(),
  floorCpmMicros: floor.meta({ description: 'price below which nothing sold by price serves, micros' }),
  floorCurrency: Currency,
  durationFloors: z
    .array(
      z.strictObject({
        minDurationMs: durationMs,
        maxDurationMs: durationMs.min(1),
        floorCpmMicros: floor,
      }),
    )
    .max(20),
  minCpmPerSecondMicros: floor,
  allowedCategories: categories,
  blockedCategories: categories,
  blockedDomains: z.array(Domain).max(1000),
  blockedBrands: z
    .array(BrandId)
    .max(1000)
    .meta({ description: 'brands whose line items do not serve here' }),
  blockedMedia: z
    .array(z.string().regex(/^[0-9a-f]{64}$/, 'expected the SHA-256 of a media file, 64 hex digits'))
    .max(1000)
    .meta({ description: 'media files that do not serve here, by SHA-256, whatever creative shows them' }),
  separationScope: z.enum(['pod', 'stream']).meta({
    description: 'stream: what the rules of a break keep apart is kept apart in the whole viewing session',
  }),
  mimes: z
    .array(z.string().regex(/^[a-z]+\/[a-zA-Z0-9.+-]+$/, 'expected a media type such as video/mp4'))
    .max(20),
  codecs: z
    .array(z.string().regex(/^[a-z0-9.]{2,20}$/, 'expected the start of a codec such as avc1'))
    .max(20),
  minBitrateKbps: z.int().min(0).max(100_000),
  maxBitrateKbps: z.int().min(1).max(100_000),
  clearance: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, 'expected the id of a spec pack')
    .nullable()
    .meta({ description: 'spec pack that a creative must have passed' }),
};

/** Rules of a placement as they are shown, beside its money. */
export const PlacementRules = {
  position: placementFields.position,
  isDefault: z.boolean(),
  status: placementFields.status,
  minDurationMs: z.int(),
  maxDurationMs: z.int(),
  exactDurationsMs: z.array(z.int()),
  formats: z.array(z.string()),
  hosts: z.array(z.string()),
  pod: PodRule.nullable(),
  durationFloors: z.array(
    z.object({ minDurationMs: z.int(), maxDurationMs: z.int(), floorCpmMicros: Micros }),
  ),
  allowedCategories: z.array(z.string()),
  blockedCategories: z.array(z.string()),
  blockedDomains: z.array(z.string()),
  blockedBrands: z.array(z.string()),
  blockedMedia: z.array(z.string()),
  separationScope: z.enum(['pod', 'stream']),
  mimes: z.array(z.string()),
  codecs: z.array(z.string()),
  minBitrateKbps: z.int(),
  maxBitrateKbps: z.int(),
  clearance: z.string().nullable(),
} as const;
