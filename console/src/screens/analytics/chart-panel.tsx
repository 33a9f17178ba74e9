import { type DeliveryReport, getDeliveryReport } from '@cuepoint/contract';
import { useRead } from '../../api.ts';
import { BarChart } from '../../design/charts/bar-chart.tsx';
import { LineChart, type LineLook, lineLooks } from '../../design/charts/line-chart.tsx';
import { Legend, useTwin } from '../../design/charts/twin.tsx';
import { Select } from '../../design/field.tsx';
import { clock, day, dayTime, zoneName } from '../../design/format/date.ts';
import { count, countAxis } from '../../design/format/number.ts';
import { Panel } from '../../design/panel.tsx';
import { Segmented } from '../../design/segmented.tsx';
import { EmptyState, Skeleton } from '../../design/states.tsx';
import {
  type AnalyticsSearch,
  analyticsDefaults,
  CHART_METRICS,
  type ChartMetric,
  FILTER_FIELDS,
  reportInput,
  timeDimension,
} from './search.ts';
import { ticksOf, timelineOf, valuesOf } from './series.ts';
import { keyWord, metricWords, rowWords } from './words.ts';

const charts = [
  { value: 'time', label: 'Over time' },
  { value: 'rows', label: 'By row' },
] as const;
const seriesLooks: readonly LineLook[] = ['first', 'second', 'third', 'fourth'];
const MOST_BARS = 12;

/** One figure over time, of the largest rows or against the days before; or side by side. */
export function ChartPanel({
  search,
  today,
  overall,
  pivot,
  onChange,
}: {
  search: AnalyticsSearch;
  today: string;
  /** By time alone. */
  overall: DeliveryReport | undefined;
  pivot: DeliveryReport | undefined;
  onChange: (next: Partial<AnalyticsSearch>) => void;
}) {
  const { rows, metric, chart } = { ...analyticsDefaults, ...search };
  const twin = useTwin(metricWords[metric].toLowerCase());
  const by = timeDimension(search);
  const largest = (pivot?.rows.items ?? []).slice(0, seriesLooks.length).map(({ keys }) => keys[0]!);
  const { compare: _, ...asked } = reportInput(search, today);
  const parts = useRead(
    getDeliveryReport,
    {
      ...asked,
      [FILTER_FIELDS[rows]]: largest.map(({ value }) => value),
      dimensions: [by, rows],
      limit: 1000,
    },
    { enabled: chart === 'time' && !search.compare && largest.length > 0, keep: true },
  );
  const drawn = search.compare ? overall : (parts.data ?? overall);
  const timeline = drawn && timelineOf(drawn, by);
  const series =
    !drawn || !timeline
      ? []
      : search.compare
        ? [
            { name: 'These days', look: 'first' as const, values: valuesOf(drawn, timeline, metric) },
            {
              name: 'Days before',
              look: 'expected' as const,
              values: valuesOf(drawn, timeline, metric, [], ({ previous }) => previous),
            },
          ]
        : largest.map((key, index) => ({
            name: keyWord(key),
            look: seriesLooks[index]!,
            values: valuesOf(drawn, timeline, metric, [key.value]),
          }));
  const title = `${metricWords[metric]} ${chart === 'time' ? `per ${by}` : `by ${rowWords[rows].toLowerCase()}`}`;
  return (
    <Panel
      title={metricWords[metric]}
      meta={chart === 'time' ? `per ${by}` : `by ${rowWords[rows].toLowerCase()}`}
      bodyClassName="px-3 pt-2 pb-1.5"
      action={
        <>
          <Select
            aria-label="Figure of the chart"
            className="w-40"
            value={metric}
            onChange={(event) => onChange({ metric: event.target.value as ChartMetric })}
          >
            {CHART_METRICS.map((one) => (
              <option key={one} value={one}>
                {metricWords[one]}
              </option>
            ))}
          </Select>
          <Segmented
            label="Kind of chart"
            value={chart}
            options={charts}
            onChange={(value) => onChange({ chart: value })}
          />
          {twin.toggle}
        </>
      }
    >
      {!overall || !pivot || !timeline ? (
        <Skeleton rows={7} />
      ) : pivot.rows.items.length === 0 ? (
        <EmptyState title="Nothing was counted">
          No request came in these days, with these filters.
        </EmptyState>
      ) : chart === 'rows' ? (
        <BarChart
          title={title}
          of={rowWords[rows]}
          asTable={twin.asTable}
          format={count}
          bars={pivot.rows.items.slice(0, MOST_BARS).map((row) => ({
            id: row.keys[0]!.value,
            name: keyWord(row.keys[0]!),
            value: row.metrics[metric],
            before: row.previous?.[metric],
          }))}
        />
      ) : (
        <>
          <LineChart
            title={title}
            asTable={twin.asTable}
            height={236}
            xs={timeline.xs}
            series={series}
            xTicks={ticksOf(timeline.xs, (at) =>
              by === 'hour' ? clock(at, drawn!.timeZone) : day(at, 'UTC'),
            )}
            formatX={(at) =>
              by === 'hour'
                ? `${dayTime(at, drawn!.timeZone)} ${zoneName(drawn!.timeZone)}`
                : day(at, 'UTC', true)
            }
            formatY={count}
            formatAxis={countAxis}
          />
          <div className="mt-1 flex flex-wrap justify-end">
            <Legend
              items={series.map(({ name, look }) => ({
                name,
                color: lineLooks[look].stroke,
                line:
                  look === 'first' ? 'solid' : look === 'second' || look === 'fourth' ? 'dashed' : 'dotted',
              }))}
            />
          </div>
        </>
      )}
    </Panel>
  );
}
