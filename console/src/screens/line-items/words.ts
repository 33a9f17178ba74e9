import type { LineItem } from '@cuepoint/contract';
import type { StatusWord } from '../../design/status-map.ts';
import { campaignWord } from '../../words.ts';
import { flightInView } from './pace.ts';

export const typeWords: Record<LineItem['type'], string> = {
  sponsorship: 'Sponsorship',
  guaranteed: 'Guaranteed',
  standard: 'Standard',
  price_priority: 'Price priority',
  bulk: 'Bulk',
  house: 'House',
};

export const statusNames: Record<LineItem['status'], string> = {
  draft: 'Draft',
  active: 'Active',
  paused: 'Paused',
  completed: 'Completed',
};

export const pacingWords: Record<LineItem['pacing'], string> = {
  even: 'Even',
  front_loaded: 'Front-loaded',
  asap: 'As fast as possible',
};

export const rotationWords: Record<LineItem['rotation'], string> = {
  even: 'Even',
  weighted: 'Weighted',
  sequential: 'Sequential',
  optimised: 'Optimised',
};

export const priceModelWords: Record<LineItem['priceModel'], string> = {
  cpm: 'CPM',
  flat: 'Flat fee',
};

export const podPositionWords: Record<LineItem['podPosition'], string> = {
  any: 'Anywhere',
  first: 'First',
  last: 'Last',
  edge: 'First or last',
};

export const separationScopeWords: Record<LineItem['separation']['scope'], string> = {
  pod: 'the break',
  stream: 'the stream',
};

/** The word for a line item: an active one is scheduled, live or ended by the flight in view. */
export function lineItemWord(lineItem: LineItem, now: number = Date.now()): StatusWord {
  const flight = flightInView(lineItem.flights, now);
  if (lineItem.status === 'active' && !flight) return 'Not serving';
  return campaignWord(
    { status: lineItem.status, startAt: flight?.startAt ?? '', endAt: flight?.endAt ?? '' },
    now,
  );
}

const dayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** "Mon to Fri 06:00 to 10:00" */
export function daypartSentence({ days, fromMinute, toMinute }: LineItem['dayparts'][number]): string {
  const sorted = [...new Set(days)].sort((a, b) => a - b);
  const first = sorted[0] ?? 1;
  const last = sorted.at(-1) ?? 1;
  const row = sorted.length > 2 && last - first === sorted.length - 1;
  const named = (day: number) => dayNames[day - 1] ?? String(day);
  const which =
    sorted.length === 7
      ? 'Every day'
      : row
        ? `${named(first)} to ${named(last)}`
        : sorted.map(named).join(', ');
  const over = toMinute <= fromMinute ? ' of the next day' : '';
  return `${which} ${minuteClock(fromMinute)} to ${minuteClock(toMinute)}${over}`;
}

/** "06:30" of minutes since midnight; the end of the day is 24:00. */
export function minuteClock(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

/** Minutes of "06:30"; null when it is no time of a day. */
export function readMinute(text: string): number | null {
  const match = /^(\d{1,2}):(\d{2})$/.exec(text.trim());
  if (!match) return null;
  const minute = Number(match[1]) * 60 + Number(match[2]);
  return Number(match[2]) < 60 && minute <= 1440 ? minute : null;
}

export const capScopeWords = {
  line_item: 'this line item',
  campaign: 'the campaign',
  brand: 'the brand',
  creative: 'one creative',
} as const satisfies Record<LineItem['frequencyCaps'][number]['scope'], string>;

/** "3 a day of the campaign" */
export function capSentence({ scope, limit, unit, count }: LineItem['frequencyCaps'][number]): string {
  const window = unit === 'lifetime' ? 'in all' : count === 1 ? `in 1 ${unit}` : `in ${count} ${unit}s`;
  return `At most ${limit} of ${capScopeWords[scope]} ${window}`;
}
