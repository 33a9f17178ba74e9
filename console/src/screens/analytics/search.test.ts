import { describe, expect, it } from 'vitest';
import { drilled, fileAddress, readAnalyticsSearch, reportInput, undrilled } from './search.ts';

describe('the address of Analytics', () => {
  it('keeps what fits and leaves out what does not', () => {
    const whole = {
      rows: 'country',
      metric: 'clicks',
      chart: 'rows',
      days: 30,
      to: '2026-11-21',
      zone: 'Europe/Berlin',
      compare: true,
      only: { campaign: 'cmp_1', country: '', reason: '303' },
    };
    expect(readAnalyticsSearch(whole)).toEqual(whole);
    expect(
      readAnalyticsSearch({
        rows: 'moon',
        metric: 7,
        days: 733,
        to: 'today',
        zone: '<b>',
        compare: 'yes',
        only: { moon: 'x', reason: 303, campaign: 'x'.repeat(65) },
      }),
    ).toEqual({ only: { reason: '303' } });
  });

  it('asks the report it says', () => {
    expect(
      reportInput({ days: 30, to: '2026-11-21', compare: true, only: { country: 'DE' } }, '2026-12-01'),
    ).toEqual({
      from: '2026-10-23',
      to: '2026-11-21',
      compare: 'previous',
      country: ['DE'],
    });
    expect(reportInput({}, '2026-12-01')).toEqual({ from: '2026-11-25', to: '2026-12-01' });
  });

  it('says days by a name, whole days, and several values', () => {
    expect(reportInput({ period: 'last_month' }, '2026-12-01')).toEqual({
      from: '2026-11-01',
      to: '2026-11-30',
    });
    expect(reportInput({ days: 14, whole: true }, '2026-12-01')).toMatchObject({
      from: '2026-11-17',
      to: '2026-11-30',
    });
    expect(reportInput({ only: { country: ['DE', ''] } }, '2026-12-01').country).toEqual(['DE', '']);
  });

  it('is a file as well', () => {
    const address = fileAddress({ rows: 'device', days: 1, zone: 'Asia/Tokyo' }, '2026-12-01', 'xlsx');
    expect(address).toBe(
      '/api/v1/reports/delivery/file?from=2026-12-01&to=2026-12-01&timeZone=Asia%2FTokyo&dimensions=hour%2Cdevice&format=xlsx&download=true',
    );
  });

  it('goes into a row, and out of it again', () => {
    const inside = drilled({ days: 30 }, 'campaign', 'cmp_1');
    expect(inside).toEqual({ days: 30, rows: 'line_item', only: { campaign: 'cmp_1' } });
    const deeper = drilled(inside, 'line_item', 'li_1');
    expect(deeper).toMatchObject({ rows: 'creative', only: { campaign: 'cmp_1', line_item: 'li_1' } });
    expect(drilled({ only: { campaign: 'c' } }, 'reason', '303')).toMatchObject({ rows: 'line_item' });
    expect(undrilled(deeper, 'line_item')).toMatchObject({ only: { campaign: 'cmp_1' } });
    expect(undrilled(inside, 'campaign')).toEqual({ days: 30, rows: 'line_item' });
  });
});
