import type { Ids } from '../../kernel/ids.ts';
import type { Tx } from '../../kernel/unit-of-work.ts';
import { channelTable, marketTable } from './tables.ts';

const markets = [
  {
    code: 'US',
    name: 'United States',
    countryCode: 'US',
    currency: 'USD',
    timeZone: 'America/New_York',
    language: 'en-US',
  },
  {
    code: 'GB',
    name: 'United Kingdom',
    countryCode: 'GB',
    currency: 'GBP',
    timeZone: 'Europe/London',
    language: 'en-GB',
  },
  {
    code: 'DE',
    name: 'Germany',
    countryCode: 'DE',
    currency: 'EUR',
    timeZone: 'Europe/Berlin',
    language: 'de-DE',
  },
];

const channels = [
  { code: 'CTV', name: 'Connected TV', platform: 'own_ad_server' },
  { code: 'OLV', name: 'Online video', platform: 'own_ad_server' },
  { code: 'AMZ', name: 'Amazon DSP', platform: 'amazon_dsp' },
  { code: 'META', name: 'Meta', platform: 'meta' },
  { code: 'TIKTOK', name: 'TikTok', platform: 'tiktok' },
];

/** Markets and channels that a new account starts with; each can be changed. */
export async function addStartingCatalogue(tx: Tx, accountId: string, ids: Ids, now: Date): Promise<void> {
  const times = { accountId, createdAt: now, updatedAt: now };
  await tx
    .insert(marketTable)
    .values(markets.map((market) => ({ ...market, ...times, id: ids.next('market') })))
    .onConflictDoNothing();
  await tx
    .insert(channelTable)
    .values(channels.map((channel) => ({ ...channel, ...times, id: ids.next('channel') })))
    .onConflictDoNothing();
}
