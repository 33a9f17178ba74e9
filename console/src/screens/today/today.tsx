import { getDashboard, getProfile } from '@cuepoint/contract';
import { Link } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { useRead } from '../../api.ts';
import { buttonClass } from '../../design/button.tsx';
import { LineChart } from '../../design/charts/line-chart.tsx';
import { Legend, useTwin } from '../../design/charts/twin.tsx';
import { clock, day, dayTime, zoneName } from '../../design/format/date.ts';
import { count, countAxis } from '../../design/format/number.ts';
import { Icon } from '../../design/icon.tsx';
import { Panel } from '../../design/panel.tsx';
import { EmptyState, Skeleton } from '../../design/states.tsx';
import { ReadFailed } from '../../problem.tsx';
import { useCrumbs } from '../../shell/page-context.tsx';
import { Page } from '../page.tsx';
import { Approvals } from './approvals.tsx';
import { Attention } from './attention.tsx';
import { Now } from './now.tsx';
import { RecentCampaigns } from './recent-campaigns.tsx';

const hourMs = 3_600_000;

function greeting(now: string, zone: string): string {
  const hour = Number(clock(now, zone).slice(0, 2));
  if (hour >= 5 && hour < 12) return 'Good morning';
  return hour >= 12 && hour < 18 ? 'Good afternoon' : 'Good evening';
}

/** What needs a person first; then the figures, delivery and recent campaigns. */
export function Today() {
  useCrumbs([{ label: 'Today' }]);
  const dashboard = useRead(getDashboard, { days: 7 }, { everyMs: 30_000 });
  const profile = useRead(getProfile, {});
  const twin = useTwin('delivery');
  const mayCreate = profile.data?.permissions.includes('campaigns:write') ?? false;
  const data = dashboard.data;
  const zone = data?.timeZone ?? 'UTC';
  const things = data?.attention.length ?? 0;
  const allHours = data?.byHour ?? [];
  const delivered = allHours.some((hour) => hour.impressions > 0);
  const now = data ? Date.parse(data.now) : 0;
  // The hour under way would look like a fall; it is drawn only while there is nothing else.
  const ended = allHours.filter((hour) => Date.parse(hour.at) + hourMs <= now);
  const hours = ended.some((hour) => hour.impressions > 0) ? ended : allHours;
  const dayStarts = hours.filter((hour) => clock(hour.at, zone) === '00:00');
  return (
    <Page
      title={data ? greeting(data.now, zone) : 'Today'}
      beside={
        data && (
          <span className="text-fg-3 max-wide:hidden">
            {things === 0
              ? 'Nothing needs a person. Everything is on plan.'
              : `${things} ${things === 1 ? 'thing needs' : 'things need'} a person. The rest is on plan.`}
          </span>
        )
      }
      actions={
        mayCreate && (
          <Link to="/campaigns/new" className={buttonClass('primary')}>
            <Icon of={Plus} /> New campaign
          </Link>
        )
      }
    >
      {dashboard.error && !data ? (
        <Panel>
          <ReadFailed what="Today" error={dashboard.error} onRetry={() => void dashboard.refetch()} />
        </Panel>
      ) : (
        <div className="grid flex-1 grid-cols-[minmax(0,1fr)_372px] content-start gap-3 max-wide:grid-cols-1">
          <div className="flex min-w-0 flex-col gap-3">
            <Attention items={data?.attention} now={data?.now} />
            <Panel
              title="Delivery, last 7 days"
              meta={`impressions per hour, ${zoneName(zone)}`}
              bodyClassName="px-3 py-2"
              action={
                <>
                  <Legend items={[{ name: 'Actual', line: 'solid', color: 'var(--chart-actual)' }]} />
                  {twin.toggle}
                </>
              }
            >
              {!data ? (
                <Skeleton />
              ) : delivered ? (
                <LineChart
                  title="Impressions per hour, last 7 days"
                  height={172}
                  asTable={twin.asTable}
                  xs={hours.map((hour) => Date.parse(hour.at))}
                  xTicks={dayStarts.map((hour) => ({
                    at: Date.parse(hour.at),
                    label: day(hour.at, zone),
                    line: true,
                  }))}
                  series={[
                    {
                      name: 'Actual',
                      look: 'actual',
                      area: true,
                      values: hours.map((hour) => hour.impressions),
                    },
                  ]}
                  formatX={(at) => `${dayTime(at, zone)} to ${clock(at + hourMs, zone)}`}
                  formatY={count}
                  formatAxis={countAxis}
                />
              ) : (
                <EmptyState title="No impressions in the last 7 days">
                  They appear here, hour by hour, as soon as a player asks for an ad.
                </EmptyState>
              )}
            </Panel>
            <RecentCampaigns dashboard={data} />
          </div>
          <div className="flex min-w-0 flex-col gap-3 max-wide:grid max-wide:grid-cols-2 max-wide:items-start">
            <Now dashboard={data} />
            <Approvals dashboard={data} />
          </div>
        </div>
      )}
    </Page>
  );
}
