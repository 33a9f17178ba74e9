import type { LineItem } from '@cuepoint/contract';
import { describe, expect, it } from 'vitest';
import { changedFields } from '../../draft.ts';
import { lineItemDraft, readLineItem } from './line-item-draft.ts';

const lineItem = (over: Partial<LineItem> = {}): LineItem => ({
  id: 'li_1',
  campaignId: 'cmp_1',
  campaignName: 'Ridge Season',
  name: 'Evenings',
  status: 'active',
  type: 'standard',
  priority: 8,
  priceModel: 'cpm',
  cpmMicros: 24_075_000,
  flatMicros: null,
  currency: 'USD',
  budgetMicros: null,
  pacing: 'even',
  sharePercent: null,
  targeting: { all: [] },
  countries: [],
  deviceTypes: [],
  dayparts: [{ days: [6, 7], fromMinute: 1200, toMinute: 60 }],
  frequencyCaps: [{ scope: 'brand', limit: 3, unit: 'week', count: 2 }],
  separation: { scope: 'stream', labels: ['outdoor', 'boots'] },
  podPosition: 'any',
  rotation: 'even',
  creatives: [],
  usesCampaignCreatives: true,
  flights: [],
  spentMicros: 0,
  impressions: 0,
  demo: false,
  version: 1,
  createdAt: '2026-11-01T00:00:00.000Z',
  updatedAt: '2026-11-01T00:00:00.000Z',
  ...over,
});

const sponsorship = lineItem({
  type: 'sponsorship',
  priority: 2,
  priceModel: 'flat',
  flatMicros: 5_000_000_000,
  sharePercent: 25,
  podPosition: 'first',
});

describe('a line item that is edited', () => {
  it('means the same when nothing was changed', () => {
    for (const seen of [lineItem(), sponsorship]) {
      const { input, problems } = readLineItem(lineItemDraft(seen));
      expect(problems).toEqual([]);
      expect(changedFields(input, seen)).toEqual({});
    }
  });

  it('takes a flat price, a share and a place in the break', () => {
    const seen = lineItem();
    const { input, problems } = readLineItem({
      ...lineItemDraft(seen),
      type: 'sponsorship',
      priceModel: 'flat',
      fee: '12,500',
      share: '40',
      podPosition: 'edge',
    });
    expect(problems).toEqual([]);
    expect(changedFields(input, seen)).toEqual({
      type: 'sponsorship',
      priceModel: 'flat',
      flatMicros: 12_500_000_000,
      sharePercent: 40,
      podPosition: 'edge',
    });
  });

  it('drops fee and share with the price and the type that took them', () => {
    const { input, problems } = readLineItem({
      ...lineItemDraft(sponsorship),
      type: 'standard',
      priceModel: 'cpm',
    });
    expect(problems).toEqual([]);
    expect(input).toMatchObject({ flatMicros: null, sharePercent: null });
    const house = readLineItem({ ...lineItemDraft(sponsorship), type: 'house', fee: '' });
    expect(house).toMatchObject({ input: { flatMicros: null }, problems: [] });
  });

  it.each([
    [{ name: ' ' }, 'name', '1 to 160 characters'],
    [{ priority: '17' }, 'priority', '1 to 16'],
    [{ cpm: '0' }, 'cpm', '0.001 to 10,000'],
    [{ fee: '' }, 'fee', 'above 0'],
    [{ fee: 'much' }, 'fee', '“much”'],
    [{ share: '101' }, 'share', '1 to 100'],
    [{ labels: 'Boots' }, 'labels', '“Boots”'],
    [{ caps: [{ scope: 'brand' as const, unit: 'day' as const, limit: '0', count: '1' }] }, 'caps', '1 to'],
    [{ dayparts: [{ days: [], from: '06:00', to: '10:00' }] }, 'dayparts', 'a day or more'],
  ])('%j is refused at its field', (change, field, words) => {
    const { problems } = readLineItem({ ...lineItemDraft(sponsorship), ...change });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ field });
    expect(problems[0]?.message).toContain(words);
  });
});
