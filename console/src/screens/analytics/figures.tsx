import type { DeliveryReport } from '@cuepoint/contract';
import { moneyText } from '../../design/format/money.ts';
import { count, percent } from '../../design/format/number.ts';
import { Figure, Money } from '../../design/money.tsx';
import { KpiStrip } from '../../design/panel.tsx';
import { changeWord } from './words.ts';

const none = <span className="text-md font-regular text-fg-3">none yet</span>;

/** The totals of a report, against the days before when there are some. */
export function Figures({ report }: { report: DeliveryReport }) {
  const { metrics, reach, previous } = report.totals;
  const points = (now: number | null, before: number | null | undefined) =>
    now === null || before == null
      ? undefined
      : `${now < before ? '\u2212' : '+'}${Math.abs((now - before) * 100).toFixed(1)} pt`;
  const [spend] = metrics.spend;
  return (
    <KpiStrip
      label="Figures of these days"
      items={[
        {
          label: 'Impressions',
          value: count(metrics.impressions),
          detail:
            changeWord(metrics.impressions, previous?.impressions) ?? `${count(metrics.requests)} requests`,
        },
        {
          label: 'Fill',
          value:
            metrics.fillRate === null ? (
              none
            ) : (
              <Figure value={(metrics.fillRate * 100).toFixed(1)} unit="%" />
            ),
          detail:
            metrics.fillRate === null
              ? 'of all requests only'
              : (points(metrics.fillRate, previous?.fillRate) ?? `${count(metrics.filledRequests)} filled`),
        },
        {
          label: 'Spend',
          value:
            metrics.spend.length > 1 ? (
              `${metrics.spend.length} currencies`
            ) : spend ? (
              <Money micros={spend.spentMicros} currency={spend.currency} />
            ) : (
              none
            ),
          detail:
            metrics.spend.length > 1
              ? metrics.spend.map((one) => moneyText(one.spentMicros, one.currency)).join(' · ')
              : spend?.effectiveCpmMicros == null
                ? undefined
                : `eCPM ${moneyText(spend.effectiveCpmMicros, spend.currency)}`,
        },
        {
          label: 'Completion',
          value:
            metrics.completionRate === null ? (
              none
            ) : (
              <Figure value={(metrics.completionRate * 100).toFixed(1)} unit="%" />
            ),
          detail:
            points(metrics.completionRate, previous?.completionRate) ??
            `${count(metrics.completes)} completed`,
        },
        {
          label: 'Reach',
          value: reach === null || reach.viewers === 0 ? none : count(reach.viewers),
          detail:
            reach === null
              ? report.reach.unavailable === 'size'
                ? 'too much for one answer'
                : 'by campaign and line item only'
              : `\u00b1${percent(report.reach.standardError, 2)}, ${count(reach.unidentifiedImpressions)} without id`,
        },
        {
          label: 'Frequency',
          value: reach?.averageFrequency == null ? none : reach.averageFrequency.toFixed(2),
          detail: 'impressions a viewer',
        },
      ]}
    />
  );
}
