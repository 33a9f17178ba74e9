import type { ReportView } from '@cuepoint/contract';
import { describe, expect, it } from 'vitest';
import { readAnalyticsSearch } from './search.ts';
import { definitionOfSearch, isChanged, searchOfView } from './view-search.ts';

const view: ReportView = {
  id: 'rvw_01jcx9w2b8k3m5n7p9q1',
  name: 'Evening',
  visibility: 'account',
  ownerId: 'usr_1',
  ownerName: 'Lea',
  isOwn: true,
  dimensions: ['day', 'campaign'],
  figures: null,
  campaignId: [],
  lineItemId: [],
  creativeId: [],
  placementId: [],
  country: ['DE', 'FR'],
  device: ['ctv'],
  reason: [],
  period: 'last_month',
  days: null,
  includesToday: false,
  from: null,
  to: null,
  timeZone: 'Europe/Berlin',
  compare: 'previous',
  chart: 'rows',
  chartFigure: 'clicks',
  resolved: { from: '2026-10-01', to: '2026-10-31' },
  archived: false,
  version: 1,
  createdAt: '2026-11-01T00:00:00.000Z',
  updatedAt: '2026-11-01T00:00:00.000Z',
};
const TODAY = '2026-11-21';
const said = (one: ReportView) => {
  const { id, name, visibility, ownerId, ownerName, isOwn, resolved, archived, version, ...rest } = one;
  const { createdAt, updatedAt, ...definition } = rest;
  return definition;
};

describe('a saved view on the screen', () => {
  const periods: Partial<ReportView>[] = [
    { period: 'last_month' },
    { period: 'yesterday', dimensions: ['hour', 'campaign'] },
    { period: 'today', dimensions: ['hour', 'campaign'] },
    { period: 'last_days', days: 7, includesToday: true },
    { period: 'last_days', days: 14, includesToday: false },
    {
      period: 'fixed',
      from: '2026-11-02',
      to: '2026-11-09',
      resolved: { from: '2026-11-02', to: '2026-11-09' },
    },
    { dimensions: ['week', 'campaign', 'country', 'device'], figures: ['clicks'] },
    { dimensions: ['device'], compare: 'none', chart: 'time', country: [], device: [] },
  ];
  it.each(periods)('is an address that says the same, and saved again the same view: %j', (change) => {
    const one = { ...view, ...change };
    const search = searchOfView(one);
    expect(readAnalyticsSearch(search as Record<string, unknown>)).toEqual(search);
    expect(isChanged(search, one)).toBe(false);
    const saved = definitionOfSearch(search, 'UTC', TODAY, one);
    expect({ days: null, includesToday: false, from: null, to: null, ...saved }).toEqual(said(one));
  });

  it('is changed by what is asked otherwise, and not by how the heatmap lies', () => {
    const search = searchOfView(view);
    expect(isChanged({ ...search, rows: 'device' }, view)).toBe(true);
    expect(isChanged({ ...search, only: { country: 'DE' } }, view)).toBe(true);
    expect(isChanged({ ...search, heatRows: 'campaign' }, view)).toBe(false);
  });

  it('is made of a screen without a view in the zone the screen shows', () => {
    expect(definitionOfSearch({ days: 30 }, 'Europe/Berlin', TODAY)).toMatchObject({
      dimensions: ['day', 'campaign'],
      period: 'last_days',
      days: 30,
      includesToday: true,
      timeZone: 'Europe/Berlin',
      country: [],
    });
  });
});
