import { describe, expect, it } from 'vitest';
import { readSupplySearch } from '../supply-paths/search.ts';
import { readCampaignsSearch } from './search.ts';
import { readCampaignTab } from './tabs.ts';

describe('addresses', () => {
  it('keeps what fits and leaves out the rest', () => {
    expect(
      readCampaignsSearch({
        search: 'ridge',
        status: ['active', 'flying'],
        sort: 'name',
        order: 'up',
        other: 1,
      }),
    ).toEqual({ search: 'ridge', status: ['active'], sort: 'name' });
    expect(readCampaignsSearch({ status: 'paused', search: 2026, trail: [3, 'abc'] })).toEqual({
      search: '2026',
      status: ['paused'],
      trail: ['abc'],
    });
    expect(readCampaignsSearch({ search: '', status: [] })).toEqual({});
  });
  it('knows its tabs and paths', () => {
    expect(readCampaignTab('history')).toEqual({ tab: 'history' });
    expect(readCampaignTab('overview')).toEqual({});
    expect(readCampaignTab('<b>')).toEqual({});
    expect(readSupplySearch({ mode: 'additive', baseCpm: 12.5, first: 3, second: 'x' })).toEqual({
      mode: 'additive',
      baseCpm: 12.5,
      first: 3,
    });
    expect(readSupplySearch({ mode: 'free', baseCpm: -1, first: 0.5 })).toEqual({});
  });
});
