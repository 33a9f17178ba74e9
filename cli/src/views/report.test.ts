import type { DeliveryReport, ReportMetrics } from '@cuepoint/contract';
import { expect, it } from 'vitest';
import { reportView } from './report.ts';

const metrics: ReportMetrics = {
  requests: 40,
  filledRequests: 30,
  fillRate: 0.75,
  decidedAds: 33,
  impressions: 28,
  starts: 28,
  firstQuartiles: 27,
  midpoints: 26,
  thirdQuartiles: 26,
  completes: 25,
  completionRate: 25 / 28,
  clicks: 1,
  clickRate: 1 / 28,
  errors: 2,
  errorsByCode: [{ reason: '303', count: 2 }],
  noAdByReason: [{ reason: 'geo', count: 10 }],
  invalidEvents: 0,
  invalidImpressions: 0,
  invalidByReason: [],
  spend: [
    {
      currency: 'USD',
      spentMicros: 560_000,
      impressions: 28,
      billedImpressions: 28,
      cpmMicros: 20_000_000,
      effectiveCpmMicros: 20_000_000,
    },
  ],
};
const reach = {
  viewers: 20,
  averageFrequency: 1.25,
  lastingImpressions: 25,
  householdImpressions: 0,
  sessionImpressions: 0,
  unidentifiedImpressions: 3,
};
const report: DeliveryReport = {
  timeZone: 'Europe/Berlin',
  from: '2026-11-20',
  to: '2026-11-21',
  startAt: '2026-11-19T23:00:00.000Z',
  endAt: '2026-11-21T23:00:00.000Z',
  isToTheMinute: true,
  previous: null,
  currencies: ['USD'],
  freshAt: '2026-11-21T09:30:00.000Z',
  reach: { standardError: 0.008125, unavailable: null },
  totals: { metrics, reach, previous: null },
  rows: {
    items: [
      {
        keys: [{ dimension: 'campaign', value: 'cmp_1', name: 'Autumn' }],
        startAt: null,
        metrics,
        reach,
        previous: null,
      },
    ],
    nextCursor: 'abc',
    total: 2,
  },
};

it('shows figures with what they mean', () => {
  const text = reportView(report);
  expect(text).toContain('2026-11-20 to 2026-11-21, days of Europe/Berlin; counted up to 2026-11-21T09:30');
  expect(text).toMatch(/Autumn +40 +75\.0 % +28 +89\.3 % +1 +2 +0\.560000 +20 +1\.25/);
  expect(text).toMatch(/Total +40/);
  expect(text).toContain('standard error of 0.81 %; 3 impressions had no identity');
  expect(text).toContain('1 of 2 rows; next page: --cursor abc');
});

it('leaves out reach where it is not told, and shows the days before', () => {
  const text = reportView({
    ...report,
    isToTheMinute: false,
    previous: { from: '2026-11-18', to: '2026-11-19' },
    reach: { standardError: 0.008, unavailable: 'dimensions' },
    rows: { items: [], nextCursor: null, total: 0 },
    totals: { metrics, reach: null, previous: { ...metrics, impressions: 14 } },
  });
  expect(text).not.toContain('Reach');
  expect(text).toContain('beside 2026-11-18 to 2026-11-19');
  expect(text).toMatch(/Total +40 +75\.0 % +28 +14/);
  expect(text).toContain('counts where it begins');
});
