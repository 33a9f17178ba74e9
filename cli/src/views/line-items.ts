import type { LineItem, Page } from '@cuepoint/contract';
import { pairs } from '../output/pairs.ts';
import { formatMicros, renderOutput } from '../output/render.ts';
import { table } from '../output/table.ts';
import type { Terminal } from '../output/terminal.ts';

const money = (micros: number | null): string => (micros === null ? '-' : formatMicros(micros));
const price = (item: LineItem): string =>
  item.priceModel === 'flat' ? `${money(item.flatMicros)} flat` : formatMicros(item.cpmMicros);

export function lineItemListView(page: Page<LineItem>, terminal: Terminal): string {
  if (terminal.plain || page.items.length === 0) return renderOutput(page, { wide: true });
  const rows = page.items.map((item) => [
    item.id,
    item.name,
    item.status,
    item.type,
    String(item.priority),
    item.currency,
    price(item),
    money(item.budgetMicros),
    formatMicros(item.spentMicros),
    String(item.impressions),
  ]);
  const head = ['ID', 'Name', 'Status', 'Type', 'Priority', '', 'Price', 'Budget', 'Spent', 'Impressions'];
  const more = page.nextCursor
    ? `\n${page.items.length} of ${page.total}; next page: --cursor ${page.nextCursor}`
    : '';
  return `${table([head, ...rows], [4, 6, 7, 8, 9])}${more}`;
}

export function lineItemView(item: LineItem): string {
  const caps = item.frequencyCaps.map(
    ({ scope, limit, unit, count }) => `${limit} in ${count} ${unit} by ${scope}`,
  );
  const flights = item.flights.map((flight) => [
    flight.id,
    flight.name,
    flight.startAt,
    flight.endAt,
    money(flight.budgetMicros),
    flight.impressionGoal === null ? '-' : String(flight.impressionGoal),
    money(flight.dailyBudgetMicros),
    formatMicros(flight.spentMicros),
    money(flight.expectedMicros),
    String(flight.version),
  ]);
  const creatives = item.creatives.map((creative) => [
    creative.creativeId,
    creative.name,
    creative.approval,
    String(creative.weight),
    String(creative.sequence),
    `${creative.startAt ?? ''}..${creative.endAt ?? ''}`,
  ]);
  return [
    pairs({
      'line item': `${item.name} (${item.id})`,
      campaign: `${item.campaignName} (${item.campaignId})`,
      status: item.status,
      type: `${item.type}, priority ${item.priority}${item.sharePercent === null ? '' : `, ${item.sharePercent} % of requests`}`,
      price: `${item.currency} ${price(item)}`,
      budget: `${item.currency} ${money(item.budgetMicros)}, spent ${formatMicros(item.spentMicros)} for ${item.impressions} impressions`,
      pacing: `${item.pacing}, rotation ${item.rotation}`,
      targeting: JSON.stringify(item.targeting),
      dayparts: item.dayparts.length === 0 ? 'always' : JSON.stringify(item.dayparts),
      caps: caps.join('; ') || 'none',
      'place in a break': item.podPosition,
      separation: `${item.separation.labels.join(', ') || 'none'} (${item.separation.scope})`,
      version: String(item.version),
    }),
    '',
    table(
      [
        ['Flight', 'Name', 'Start', 'End', 'Budget', 'Goal', 'A day', 'Spent', 'Expected', 'Version'],
        ...flights,
      ],
      [4, 5, 6, 7, 8, 9],
    ),
    '',
    item.usesCampaignCreatives ? 'Every creative of the campaign:' : 'Assigned creatives:',
    table([['Creative', 'Name', 'Approval', 'Weight', 'Place', 'When'], ...creatives], [3, 4]),
  ].join('\n');
}
