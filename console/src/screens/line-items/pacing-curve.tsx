import type { LineItem, LineItemDelivery } from '@cuepoint/contract';
import type { ApiError } from '../../api.ts';
import { LineChart } from '../../design/charts/line-chart.tsx';
import { Legend, useTwin } from '../../design/charts/twin.tsx';
import { clock, day, dayTime, zoneName } from '../../design/format/date.ts';
import { moneyAxis, moneyText } from '../../design/format/money.ts';
import { Panel } from '../../design/panel.tsx';
import { EmptyState, Skeleton } from '../../design/states.tsx';
import { ReadFailed } from '../../problem.tsx';
import { flightInView } from './pace.ts';
import { pacingWords } from './words.ts';

/** Spend as the delivery plane counts it, against the plan by which it paces: mode, dayparts, a typical day of viewing. */
export function PacingCurve({
  lineItem,
  delivery,
  error,
  onRetry,
}: {
  lineItem: LineItem;
  delivery: LineItemDelivery | undefined;
  error: ApiError | null;
  onRetry: () => void;
}) {
  const twin = useTwin('pacing');
  const zone = flightInView(lineItem.flights)?.timeZone ?? 'UTC';
  const { currency } = lineItem;
  const curve = delivery?.curve ?? [];
  const xs = curve.map((point) => Date.parse(point.at));
  const now = Date.now();
  const first = xs[0];
  const last = xs.at(-1);
  const running = first !== undefined && last !== undefined && now > first && now < last;
  return (
    <Panel
      title="Pacing"
      meta={`${pacingWords[lineItem.pacing].toLowerCase()}, cumulative spend, ${currency}, ${zoneName(zone)}`}
      bodyClassName="px-3 pt-2 pb-1.5"
      action={
        <>
          <span className="max-wide:hidden">
            <Legend
              items={[
                { name: 'Actual', line: 'solid', color: 'var(--chart-actual)' },
                { name: 'Expected', line: 'dotted', color: 'var(--chart-expected)' },
              ]}
            />
          </span>
          {twin.toggle}
        </>
      }
    >
      {error && !delivery ? (
        <ReadFailed what="Pacing" error={error} onRetry={onRetry} />
      ) : !delivery ? (
        <Skeleton rows={6} />
      ) : curve.length < 2 ? (
        <EmptyState title="No pacing yet">
          {lineItem.flights.length === 0
            ? 'The line item has no flight.'
            : 'The curve starts with the first hour of the flight.'}
        </EmptyState>
      ) : (
        <LineChart
          title={`Cumulative spend in ${currency} against the pacing plan over a typical day`}
          asTable={twin.asTable}
          height={220}
          xs={xs}
          xTicks={ticks(xs, zone)}
          series={[
            { name: 'Actual', look: 'actual', values: curve.map((point) => point.spentMicros) },
            { name: 'Expected', look: 'expected', values: curve.map((point) => point.expectedMicros) },
          ]}
          formatX={(at) => `${dayTime(at, zone)} ${zoneName(zone)}`}
          formatY={(micros) => moneyText(Math.round(micros), currency)}
          formatAxis={(micros) => moneyAxis(micros, currency)}
          now={running ? { at: now, label: `now, ${clock(now, zone)} ${zoneName(zone)}` } : undefined}
        />
      )}
    </Panel>
  );
}

/** About six ticks; days once the curve is longer than three of them. */
function ticks(xs: readonly number[], zone: string): { at: number; label: string }[] {
  const first = xs[0];
  const last = xs.at(-1);
  if (first === undefined || last === undefined) return [];
  const long = last - first > 3 * 86_400_000;
  const midnights = long ? xs.filter((at) => clock(at, zone) === '00:00') : [];
  const candidates = midnights.length >= 2 ? midnights : xs;
  const step = Math.max(1, Math.ceil(candidates.length / 6));
  return candidates
    .filter((_, index) => index % step === 0)
    .map((at) => ({ at, label: long ? day(at, zone) : dayTime(at, zone) }));
}
