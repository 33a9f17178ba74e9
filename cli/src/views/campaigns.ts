import type { Campaign, CampaignDetail, Dashboard, Page } from '@cuepoint/contract';
import { pairs } from '../output/pairs.ts';
import { formatMicros, renderOutput } from '../output/render.ts';
import { table } from '../output/table.ts';
import type { Terminal } from '../output/terminal.ts';

const day = (instant: string): string => instant.slice(0, 10);

export function campaignListView(page: Page<Campaign>, terminal: Terminal): string {
  if (terminal.plain || page.items.length === 0) return renderOutput(page, { wide: true });
  const rows = page.items.map((campaign) => [
    campaign.id,
    campaign.name,
    campaign.status,
    day(campaign.startAt),
    day(campaign.endAt),
    String(campaign.impressions),
    campaign.currency,
    formatMicros(campaign.spentMicros),
    formatMicros(campaign.budgetMicros),
  ]);
  const head = ['ID', 'Name', 'Status', 'Start', 'End', 'Impressions', '', 'Spent', 'Budget'];
  const more = page.nextCursor
    ? `\n${page.items.length} of ${page.total}; next page: --cursor ${page.nextCursor}`
    : '';
  return `${table([head, ...rows], [5, 7, 8])}${more}`;
}

export function campaignView(campaign: CampaignDetail): string {
  const money = (micros: number) => `${campaign.currency} ${formatMicros(micros)}`;
  const items = campaign.lineItems.flatMap((item) =>
    item.flights.map((flight) => [
      item.id,
      item.status,
      String(item.priority),
      formatMicros(item.cpmMicros),
      flight.startAt,
      flight.endAt,
      flight.budgetMicros === null ? '-' : formatMicros(flight.budgetMicros),
      formatMicros(item.spentMicros),
    ]),
  );
  return [
    pairs({
      campaign: `${campaign.name} (${campaign.id})`,
      status: campaign.status,
      brand: campaign.brandName,
      objective: campaign.objective,
      budget: money(campaign.budgetMicros),
      spent: `${money(campaign.spentMicros)} for ${campaign.impressions} impressions, ${campaign.completes} completes; its pacing plan expects ${formatMicros(campaign.expectedMicros)}`,
      creatives: `${campaign.creativeCount}, ${campaign.blockingFindings} blocking findings`,
      'time zone': campaign.timeZone,
      version: String(campaign.version),
    }),
    '',
    table(
      [['Line item', 'Status', 'Priority', 'CPM', 'Flight start', 'Flight end', 'Budget', 'Spent'], ...items],
      [2, 3, 6, 7],
    ),
  ].join('\n');
}

export function dashboardView(dashboard: Dashboard): string {
  const { today } = dashboard;
  const percent = (share: number | null) => (share === null ? '-' : `${(share * 100).toFixed(1)} %`);
  const attention = dashboard.attention.map(
    ({ severity, title, detail }) => `${severity.padEnd(5)}  ${title}: ${detail}`,
  );
  const recent = dashboard.recentCampaigns.map((campaign) => [
    campaign.id,
    campaign.name,
    campaign.status,
    String(campaign.impressions),
    `${campaign.currency} ${formatMicros(campaign.spentMicros)}`,
    `${campaign.currency} ${formatMicros(campaign.budgetMicros)}`,
  ]);
  return [
    pairs({
      today: `${today.requests} requests, ${today.impressions} impressions, ${today.completes} completes, ${today.clicks} clicks`,
      fill: percent(dashboard.fillRate),
      completion: percent(dashboard.completionRate),
      spend:
        dashboard.spend
          .map(
            ({ currency, todayMicros, totalMicros }) =>
              `${currency} ${formatMicros(todayMicros)} today, ${formatMicros(totalMicros)} in all`,
          )
          .join('; ') || 'none',
      'counted up to': dashboard.freshAt ?? '-',
    }),
    '',
    'Needs attention',
    ...(attention.length > 0 ? attention : ['nothing']),
    '',
    table([['Recent campaigns', '', 'Status', 'Impressions', 'Spent', 'Budget'], ...recent], [3, 4, 5]),
  ].join('\n');
}
