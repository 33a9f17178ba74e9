import type {
  DeliveryReport,
  HeatDimension,
  ReportDestination,
  ReportRun,
  ReportSchedule,
} from '@cuepoint/contract';
import type { StatusWord } from '../../design/status-map.ts';
import type { ChartMetric, NamedPeriod, RowDimension } from './search.ts';

export const rowWords: Record<RowDimension, string> = {
  campaign: 'Campaign',
  line_item: 'Line item',
  creative: 'Creative',
  placement: 'Placement',
  country: 'Country',
  device: 'Device',
  reason: 'Reason',
};

export const heatWords: Record<HeatDimension, string> = {
  weekday: 'Weekday',
  hour_of_day: 'Hour of day',
  ...rowWords,
};

export const periodWords: Record<NamedPeriod, string> = {
  yesterday: 'Yesterday',
  week_to_date: 'This week so far',
  last_week: 'Last week',
  month_to_date: 'This month so far',
  last_month: 'Last month',
};

export const destinationWords: Record<ReportDestination, string> = {
  email: 'E-mail',
  webhook: 'Webhook',
  storage: 'Storage',
};

export const runWords: Record<ReportRun['status'], StatusWord> = {
  queued: 'Queued',
  waiting: 'Waiting',
  sending: 'Processing',
  sent: 'Succeeded',
  failed: 'Failed',
};

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

/** "Weekly, Monday 06:00 New York", without its zone. */
export function whenWord({ frequency, weekday, dayOfMonth, localTime }: ReportSchedule): string {
  const on =
    frequency === 'weekly'
      ? `${capital(weekday!)}s`
      : frequency === 'monthly'
        ? `Day ${dayOfMonth}`
        : 'Daily';
  return `${on} ${localTime}`;
}

/** A value on a side of a heatmap. */
export function heatWord(
  dimension: HeatDimension,
  { value, name }: { value: string; name: string | null },
): string {
  if (dimension === 'weekday') return capital(value.slice(0, 3));
  if (dimension === 'hour_of_day') return value;
  return keyWord({ dimension, value, name });
}

export const metricWords: Record<ChartMetric, string> = {
  impressions: 'Impressions',
  requests: 'Requests',
  starts: 'Starts',
  completes: 'Completes',
  clicks: 'Clicks',
  errors: 'VAST errors',
  invalidImpressions: 'Invalid impressions',
};

/** VAST 4.2 section 2.3.6.3, in few words. */
const vastErrors: Record<string, string> = {
  '100': 'XML not readable',
  '101': 'Schema not followed',
  '102': 'Version not supported',
  '200': 'Unexpected ad type',
  '201': 'Unexpected linearity',
  '202': 'Unexpected length',
  '203': 'Unexpected size',
  '300': 'Wrapper failed',
  '301': 'Wrapper timed out',
  '302': 'Too many wrappers',
  '303': 'No ad after wrappers',
  '400': 'Linear ad failed',
  '401': 'Media not found',
  '402': 'Media timed out',
  '403': 'Media type not supported',
  '405': 'Media not playable',
  '900': 'Undefined error',
  '901': 'VPAID failed',
};

export function vastErrorWord(code: string): string {
  return vastErrors[code] ?? (code === '' ? 'Without a code' : 'Other error');
}

type Key = DeliveryReport['rows']['items'][number]['keys'][number];

/** A value of a row as people read it. */
export function keyWord({ dimension, value, name }: Key): string {
  if (name !== null) return name;
  if (value !== '') return value;
  if (dimension === 'reason') return 'None';
  return dimension === 'country' || dimension === 'device' ? 'Not known' : 'No ad';
}

/** "+8.4 %" against the period before; nothing without one. */
export function changeWord(now: number, before: number | null | undefined): string | undefined {
  if (before === null || before === undefined || before === 0) return undefined;
  const share = (now - before) / before;
  return `${share < 0 ? '\u2212' : '+'}${Math.abs(share * 100).toFixed(1)}\u00a0%`;
}
