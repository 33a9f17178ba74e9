import type { CampaignStats, SystemStatus } from '@cuepoint/contract';
import { pairs } from '../output/pairs.ts';
import { formatMicros } from '../output/render.ts';
import { table } from '../output/table.ts';

const number = (figure: number | null, unit: string): string =>
  figure === null ? '-' : `${Math.round(figure * 100) / 100}${unit}`;

export function statusView(value: SystemStatus): string {
  const { delivery, database, ingestion } = value;
  const ageSeconds = delivery.snapshotAgeMs === null ? null : delivery.snapshotAgeMs / 1000;
  const busy = value.queues.filter((queue) => queue.waiting + queue.active + queue.failed > 0);
  return [
    `Cuepoint ${value.version} at ${value.publicUrl}`,
    pairs({
      database: `${database.kind}, ${database.ok ? 'ok' : 'not answering'}, ${database.migrations} migrations`,
      serving: `${delivery.ok ? 'ok' : 'not ready'}, ${number(delivery.requestsPerSecond, ' req/s')}, p99 ${number(delivery.p99Ms, ' ms')}, fill ${delivery.fillRate === null ? '-' : `${(delivery.fillRate * 100).toFixed(1)} %`}, snapshot confirmed ${number(ageSeconds, ' s')} ago`,
      ingestion: `counted up to ${ingestion.freshAt ?? '-'}, ${number(ingestion.lagMs, ' ms')} ago`,
      queues:
        busy
          .map(
            ({ name, waiting, active, failed }) =>
              `${name}: ${waiting} waiting, ${active} active, ${failed} failed`,
          )
          .join('; ') || 'nothing waits',
      platforms:
        value.simulatedPlatforms.map(({ name, why }) => `${name} simulated (${why})`).join('; ') ||
        'all real',
      'demo data': value.demo.loaded ? 'loaded; remove it with cuepoint demo-data remove' : 'not loaded',
    }),
  ].join('\n');
}

/** What came from no viewer: in no count, and not billed. */
function invalidTraffic({ invalidTraffic: rows }: CampaignStats): string[] {
  if (rows.length === 0) return [];
  return [
    '',
    table(
      [
        ['Invalid traffic', 'Reason', 'Events'],
        ...rows.map((row) => [row.event, row.reason, String(row.count)]),
      ],
      [2],
    ),
  ];
}

export function statsView(stats: CampaignStats): string {
  const { totals, currency } = stats;
  const money = (micros: number) => `${currency} ${formatMicros(micros)}`;
  const days = stats.byDay.filter((day) => day.requests + day.impressions > 0);
  const row = (name: string, counts: typeof totals) => [
    name,
    ...[
      counts.requests,
      counts.impressions,
      counts.starts,
      counts.firstQuartiles,
      counts.midpoints,
      counts.thirdQuartiles,
      counts.completes,
      counts.clicks,
      counts.errors,
    ].map(String),
    formatMicros(counts.spentMicros),
  ];
  return [
    `${stats.campaignName} (${stats.campaignId})`,
    pairs({
      spent: `${money(totals.spentMicros)} of ${money(stats.budgetMicros)}, ${money(stats.remainingMicros)} left`,
      'effective CPM': stats.effectiveCpmMicros === null ? '-' : money(stats.effectiveCpmMicros),
      completion: stats.completionRate === null ? '-' : `${(stats.completionRate * 100).toFixed(1)} %`,
      'counted up to': stats.freshAt ?? '-',
    }),
    '',
    table(
      [
        [
          `Day (${stats.timeZone})`,
          'Ads',
          'Impressions',
          'Starts',
          '25 %',
          '50 %',
          '75 %',
          'Completes',
          'Clicks',
          'Errors',
          'Spent',
        ],
        ...days.map((day) => row(day.day, day)),
        row('Total', totals),
      ],
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    ),
    ...invalidTraffic(stats),
  ].join('\n');
}
