import { z } from 'zod';
import { Code, stored, TimeZone } from './common.ts';
import { BrandId, ChannelId, MarketId } from './ids.ts';
import { Currency } from './money.ts';
import { defineOperation } from './operation.ts';
import { pageInput, pageOf } from './page.ts';

const HexColor = z.string().regex(/^#[0-9a-fA-F]{6}$/, 'expected a colour such as #1e4d63');
const Name = z.string().trim().min(1).max(120);

const marketFields = {
  code: Code,
  name: Name,
  countryCode: z.string().regex(/^[A-Z]{2}$/, 'expected an ISO 3166 country such as US'),
  currency: Currency,
  timeZone: TimeZone,
  language: z.string().regex(/^[a-z]{2}(-[A-Z]{2})?$/, 'expected a language such as en or en-GB'),
};
const brandFields = {
  code: Code,
  name: Name,
  domain: z
    .string()
    .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'expected a domain such as fernwhistle.example')
    .max(253),
  categories: z.array(z.string().max(20)).max(10).default([]).meta({ description: 'IAB category ids' }),
  familyFriendly: z.boolean().default(false),
  colors: z.array(HexColor).max(6).default([]),
};
const channelFields = {
  code: Code,
  name: Name,
  platform: z.enum([
    'own_ad_server',
    'amazon_dsp',
    'meta',
    'tiktok',
    'google_ads',
    'the_trade_desk',
    'dv360',
    'other',
  ]),
};
const archived = z.boolean();

export const Market = z.object({ id: MarketId, ...marketFields, archived, ...stored });
export type Market = z.infer<typeof Market>;
export const Brand = z.object({
  id: BrandId,
  ...brandFields,
  categories: z.array(z.string()),
  familyFriendly: z.boolean(),
  colors: z.array(z.string()),
  archived,
  ...stored,
});
export type Brand = z.infer<typeof Brand>;
export const Channel = z.object({ id: ChannelId, ...channelFields, archived, ...stored });
export type Channel = z.infer<typeof Channel>;

export const listMarkets = defineOperation({
  id: 'governance.listMarkets',
  summary: 'Markets: country, currency, time zone, language',
  effect: 'read',
  permission: 'governance:read',
  input: z.strictObject({ ...pageInput }),
  output: pageOf(Market),
  errors: [],
  rest: { method: 'GET', path: '/v1/markets' },
  cli: { command: 'markets list' },
});
export const createMarket = defineOperation({
  id: 'governance.createMarket',
  summary: 'Add a market',
  effect: 'create',
  permission: 'governance:write',
  dryRun: true,
  input: z.strictObject(marketFields),
  output: Market,
  errors: ['code.taken'],
  rest: { method: 'POST', path: '/v1/markets' },
  cli: { command: 'markets create', positional: ['code'] },
});
export const listBrands = defineOperation({
  id: 'governance.listBrands',
  summary: 'Brands of the account',
  effect: 'read',
  permission: 'governance:read',
  input: z.strictObject({ ...pageInput }),
  output: pageOf(Brand),
  errors: [],
  rest: { method: 'GET', path: '/v1/brands' },
  cli: { command: 'brands list' },
});
export const createBrand = defineOperation({
  id: 'governance.createBrand',
  summary: 'Add a brand',
  effect: 'create',
  permission: 'governance:write',
  dryRun: true,
  input: z.strictObject(brandFields),
  output: Brand,
  errors: ['code.taken'],
  rest: { method: 'POST', path: '/v1/brands' },
  cli: { command: 'brands create', positional: ['code'] },
});
export const listChannels = defineOperation({
  id: 'governance.listChannels',
  summary: 'Channels: where campaigns run',
  effect: 'read',
  permission: 'governance:read',
  input: z.strictObject({ ...pageInput }),
  output: pageOf(Channel),
  errors: [],
  rest: { method: 'GET', path: '/v1/channels' },
  cli: { command: 'channels list' },
});
export const createChannel = defineOperation({
  id: 'governance.createChannel',
  summary: 'Add a channel',
  effect: 'create',
  permission: 'governance:write',
  dryRun: true,
  input: z.strictObject(channelFields),
  output: Channel,
  errors: ['code.taken'],
  rest: { method: 'POST', path: '/v1/channels' },
  cli: { command: 'channels create', positional: ['code'] },
});
export const previewName = defineOperation({
  id: 'governance.previewName',
  summary: 'The campaign name that the taxonomy generates, before anything is kept',
  effect: 'read',
  permission: 'governance:read',
  input: z.strictObject({
    brandId: BrandId,
    marketId: MarketId,
    channelId: ChannelId,
    year: z.coerce.number().int().min(2000).max(2100),
    label: z
      .string()
      .min(1)
      .max(80)
      .meta({ description: 'what people call the campaign, e.g. Moana Launch' }),
  }),
  output: z.object({
    name: z.string(),
    pattern: z.string(),
    parts: z.array(z.object({ dimension: z.string(), value: z.string() })),
    taken: z.boolean(),
  }),
  errors: ['brand.not_found', 'market.not_found', 'channel.not_found', 'name.invalid'],
  rest: { method: 'GET', path: '/v1/taxonomy/preview' },
  cli: { command: 'taxonomy preview' },
});

export const governanceOperations = [
  listMarkets,
  createMarket,
  listBrands,
  createBrand,
  listChannels,
  createChannel,
  previewName,
] as const;
