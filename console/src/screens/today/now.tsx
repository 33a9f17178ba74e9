import { type Dashboard, getStatus } from '@cuepoint/contract';
import { TrendingDown, TrendingUp } from 'lucide-react';
import type { ReactNode } from 'react';
import { useRead } from '../../api.ts';
import { Sparkline } from '../../design/charts/small.tsx';
import { span } from '../../design/format/date.ts';
import { moneyText } from '../../design/format/money.ts';
import { count } from '../../design/format/number.ts';
import { Icon } from '../../design/icon.tsx';
import { Figure, Money } from '../../design/money.tsx';
import { Panel } from '../../design/panel.tsx';
import { Skeleton } from '../../design/states.tsx';
import { pointChange, relativeChange, sameHoursYesterday, share } from './compare.ts';

/** Figures so far today, each with its trend and what it is compared with. */
export function Now({ dashboard }: { dashboard: Dashboard | undefined }) {
  const status = useRead(getStatus, {});
  if (!dashboard) {
    return (
      <Panel title="Now">
        <Skeleton rows={5} />
      </Panel>
    );
  }
  const { today, spend, byHour, freshAt, now, timeZone } = dashboard;
  // Whole hours: the one under way would look like a fall.
  const lastDay = byHour.filter((hour) => Date.parse(hour.at) + 3_600_000 <= Date.parse(now)).slice(-24);
  const compared = sameHoursYesterday(byHour, now, timeZone);
  const fresh = freshAt ? `fresh ${span(Date.parse(now) - Date.parse(freshAt))} ago` : 'no events yet';
  const percentFigure = (value: number | null) =>
    value === null ? (
      <span className="text-md font-regular text-fg-3">none yet</span>
    ) : (
      <Figure value={(value * 100).toFixed(1)} unit="%" />
    );
  const latency = status.data?.delivery.p99Ms;
  const sharesOf = (part: 'impressions' | 'completes', whole: 'requests' | 'impressions') =>
    lastDay.flatMap((hour) => share(hour[part], hour[whole]) ?? []);
  return (
    <Panel title="Now" action={<span className="meta text-fg-3">{fresh}</span>}>
      {spend.map((entry) => (
        <Row
          key={entry.currency}
          label={spend.length > 1 ? `Spend today, ${entry.currency}` : 'Spend today'}
          value={<Money micros={entry.todayMicros} currency={entry.currency} />}
          detail={`${moneyText(entry.totalMicros, entry.currency)} so far`}
        />
      ))}
      <Row
        label="Impressions today"
        value={count(today.impressions)}
        trend={lastDay.map((hour) => hour.impressions)}
        change={compared && relativeChange(compared.today.impressions, compared.yesterday.impressions)}
      />
      <Row
        label="Fill rate"
        value={percentFigure(dashboard.fillRate)}
        trend={sharesOf('impressions', 'requests')}
        change={
          compared &&
          pointChange(
            share(compared.today.impressions, compared.today.requests),
            share(compared.yesterday.impressions, compared.yesterday.requests),
          )
        }
      />
      <Row
        label="Completion rate"
        value={percentFigure(dashboard.completionRate)}
        trend={sharesOf('completes', 'impressions')}
        change={
          compared &&
          pointChange(
            share(compared.today.completes, compared.today.impressions),
            share(compared.yesterday.completes, compared.yesterday.impressions),
          )
        }
      />
      {latency != null && (
        <Row
          label="Decision p99"
          value={<Figure value={latency.toFixed(1)} unit="ms" />}
          detail="budget 10 ms"
        />
      )}
    </Panel>
  );
}

function Row({
  label,
  value,
  trend,
  change,
  detail,
}: {
  label: string;
  value: ReactNode;
  trend?: readonly number[];
  change?: string | null;
  detail?: string;
}) {
  return (
    <div className="flex h-13 items-center gap-3 border-b border-line px-3 last:border-0">
      <span className="meta w-28 flex-none text-fg-2">{label}</span>
      {trend && trend.length > 1 && (
        <span className="max-wide:hidden">
          <Sparkline values={trend} label={`${label}, last 24 hours`} />
        </span>
      )}
      <div className="ml-auto min-w-0 text-right">
        <div className="text-title leading-[22px] font-medium tracking-[-.01em]">{value}</div>
        <div className="meta flex items-center justify-end gap-1 text-fg-3">
          {change ? (
            <>
              {!change.startsWith('±') && (
                <Icon of={change.startsWith('+') ? TrendingUp : TrendingDown} size="small" />
              )}
              {change} on yesterday
            </>
          ) : (
            detail
          )}
        </div>
      </div>
    </div>
  );
}
