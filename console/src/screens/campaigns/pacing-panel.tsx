import type { CampaignDetail, CampaignStats } from '@cuepoint/contract';
import type { ApiError } from '../../api.ts';
import { LineChart } from '../../design/charts/line-chart.tsx';
import { Legend, useTwin } from '../../design/charts/twin.tsx';
import { clock, day, dayTime, zoneName } from '../../design/format/date.ts';
import { moneyAxis, moneyText } from '../../design/format/money.ts';
import { percent } from '../../design/format/number.ts';
import { Panel } from '../../design/panel.tsx';
import { EmptyState, Skeleton } from '../../design/states.tsx';
import { ReadFailed } from '../../problem.tsx';
import { paceOf } from './pace.ts';

/** Cumulative spend against the pacing plans of its flights, from the first hour to the last. */
export function PacingPanel({
  campaign,
  stats,
  error,
}: {
  campaign: CampaignDetail;
  stats: CampaignStats | undefined;
  error: ApiError | null;
}) {
  const twin = useTwin('pacing');
  const { currency, timeZone } = campaign;
  const points = stats?.pacing ?? [];
  const xs = points.map((point) => Date.parse(point.at));
  const last = points.findLast((point) => point.spentMicros !== null);
  const now = Date.now();
  const running = now > Date.parse(campaign.startAt) && now < Date.parse(campaign.endAt);
  const behind = campaign.expectedMicros - campaign.spentMicros;
  const off = paceOf(campaign).isOff;
  return (
    <Panel
      title="Pacing"
      meta={`cumulative spend, ${currency}, ${zoneName(timeZone)}`}
      bodyClassName="px-3 pt-2 pb-1.5"
      action={
        <>
          <Legend
            items={[
              { name: 'Actual', line: 'solid', color: 'var(--chart-actual)' },
              { name: 'Expected', line: 'dotted', color: 'var(--chart-expected)' },
            ]}
          />
          {twin.toggle}
        </>
      }
    >
      {error && !stats ? (
        <ReadFailed what="Pacing" error={error} />
      ) : !stats ? (
        <Skeleton rows={6} />
      ) : points.length < 2 ? (
        <EmptyState title="No pacing yet">The curve starts with the first hour of the flight.</EmptyState>
      ) : (
        <LineChart
          title={`Cumulative spend in ${currency} against the pacing plan`}
          asTable={twin.asTable}
          height={240}
          xs={xs}
          xTicks={dayTicks(xs, timeZone)}
          series={[
            { name: 'Actual', look: 'actual', values: points.map((point) => point.spentMicros) },
            { name: 'Expected', look: 'expected', values: points.map((point) => point.expectedMicros) },
          ]}
          formatX={(at) => `${dayTime(at, timeZone)} ${zoneName(timeZone)}`}
          formatY={(micros) => moneyText(Math.round(micros), currency)}
          formatAxis={(micros) => moneyAxis(micros, currency)}
          now={running ? { at: now, label: `now, ${clock(now, timeZone)} ${zoneName(timeZone)}` } : undefined}
          gap={
            running && off && last
              ? {
                  at: now,
                  from: campaign.expectedMicros,
                  to: campaign.spentMicros,
                  label: `${moneyAxis(Math.abs(behind), currency)} ${behind > 0 ? 'behind' : 'ahead'}, ${percent(
                    Math.abs(behind) / campaign.expectedMicros,
                  )}`,
                }
              : undefined
          }
          endLabel={{
            value: campaign.budgetMicros,
            text: `expected ${moneyAxis(campaign.budgetMicros, currency)}`,
          }}
        />
      )}
    </Panel>
  );
}

/** About six ticks at local midnights. */
function dayTicks(xs: readonly number[], zone: string): { at: number; label: string }[] {
  const first = xs[0];
  const last = xs.at(-1);
  if (first === undefined || last === undefined) return [];
  const midnights = xs.filter((at) => clock(at, zone) === '00:00');
  const candidates = midnights.length >= 2 ? midnights : xs;
  const step = Math.max(1, Math.ceil(candidates.length / 6));
  return candidates
    .filter((_, index) => index % step === 0)
    .map((at) => ({
      at,
      label: midnights.length >= 2 || last - first > 3 * 86_400_000 ? day(at, zone) : dayTime(at, zone),
    }));
}
