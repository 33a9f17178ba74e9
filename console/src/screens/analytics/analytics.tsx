import { getDeliveryReport, REPORT_FORMATS, ROW_DIMENSIONS } from '@cuepoint/contract';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Download } from 'lucide-react';
import { useRead } from '../../api.ts';
import { reasonSentence } from '../../delivery-words.ts';
import { buttonClass } from '../../design/button.tsx';
import { Chip } from '../../design/chip.tsx';
import { Select } from '../../design/field.tsx';
import { clock, isoDay, ownZone, zoneName } from '../../design/format/date.ts';
import { percent } from '../../design/format/number.ts';
import { Icon } from '../../design/icon.tsx';
import { Panel } from '../../design/panel.tsx';
import { Segmented } from '../../design/segmented.tsx';
import { Skeleton } from '../../design/states.tsx';
import { ReadFailed } from '../../problem.tsx';
import { useCrumbs } from '../../shell/page-context.tsx';
import { Page } from '../page.tsx';
import { ChartPanel } from './chart-panel.tsx';
import { Figures } from './figures.tsx';
import { PivotPanel } from './pivot-panel.tsx';
import { ReasonPanel } from './reason-panel.tsx';
import {
  type AnalyticsSearch,
  analyticsDefaults,
  drilled,
  fileAddress,
  reportInput,
  SPANS,
  timeDimension,
  undrilled,
} from './search.ts';
import { keyWord, rowWords, vastErrorWord } from './words.ts';

const against = [
  { value: 'nothing', label: 'Alone' },
  { value: 'before', label: 'Against days before' },
] as const;
const PIVOT_ROWS = 50;

/** Delivery by any dimension, over time and side by side; the address is the question. */
export function Analytics() {
  useCrumbs([{ label: 'Learn' }, { label: 'Analytics' }]);
  const search = useSearch({ from: '/shell/analytics' });
  const navigate = useNavigate({ from: '/analytics' });
  const { rows, days } = { ...analyticsDefaults, ...search };
  const by = timeDimension(search);
  // The server says which zone the account's days are of; until then today is that of the person.
  const home = useRead(getDeliveryReport, { dimensions: ['day'], limit: 1 });
  const zone = search.zone ?? home.data?.timeZone;
  const today = isoDay(Date.now(), zone ?? ownZone());
  const input = reportInput(search, today);
  const isKnown = zone !== undefined;
  const overall = useRead(
    getDeliveryReport,
    { ...input, dimensions: [by], limit: 1000 },
    { enabled: isKnown, keep: true },
  );
  const pivot = useRead(
    getDeliveryReport,
    { ...input, dimensions: [rows], limit: PIVOT_ROWS },
    { enabled: isKnown, keep: true },
  );
  const go = (next: AnalyticsSearch) => void navigate({ search: next, resetScroll: false });
  const change = (next: Partial<AnalyticsSearch>) => go({ ...search, ...next });
  const report = overall.data;
  const error = home.error ?? overall.error ?? pivot.error;
  const totals = report?.totals.metrics;
  const zones = [...new Set([home.data?.timeZone, search.zone, ownZone(), 'UTC'])].filter(
    (one) => one !== undefined,
  );
  return (
    <Page
      title={`Delivery by ${rowWords[rows].toLowerCase()}`}
      beside={
        <>
          <Select
            aria-label="Days"
            className="w-36"
            value={days}
            onChange={(event) => change({ days: Number(event.target.value) as (typeof SPANS)[number] })}
          >
            {SPANS.map((span) => (
              <option key={span} value={span}>
                {span === 1 ? 'One day' : `${span} days`}
              </option>
            ))}
          </Select>
          <Segmented
            label="Compared with"
            value={search.compare ? 'before' : 'nothing'}
            options={against}
            onChange={(value) => {
              const { compare: _, ...rest } = search;
              go(value === 'before' ? { ...rest, compare: true } : rest);
            }}
          />
          <Select
            aria-label="Time zone of days"
            className="w-44"
            value={zone ?? ''}
            onChange={(event) => change({ zone: event.target.value })}
          >
            {zones.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </Select>
        </>
      }
      actions={REPORT_FORMATS.map((format) => (
        <a
          key={format}
          className={buttonClass()}
          href={fileAddress(search, today, format)}
          download
          aria-label={`Export as ${format.toUpperCase()}`}
        >
          <Icon of={Download} />
          {format.toUpperCase()}
        </a>
      ))}
      sub={
        report && (
          <>
            <span>
              {report.from} to {report.to}, days of {report.timeZone}
            </span>
            {report.previous && (
              <span>
                against {report.previous.from} to {report.previous.to}
              </span>
            )}
            <span>{report.currencies.length === 0 ? 'no money yet' : report.currencies.join(', ')}</span>
            <span>
              {report.freshAt === null
                ? 'freshness not known'
                : `fresh to ${clock(report.freshAt, report.timeZone, true)} ${zoneName(report.timeZone)}`}
            </span>
            {!report.isToTheMinute && <span>an hour of UTC counts where it begins</span>}
          </>
        )
      }
    >
      {search.only && (
        <div className="flex flex-wrap items-center gap-2">
          {ROW_DIMENSIONS.map((dimension) => {
            const value = search.only?.[dimension];
            return value === undefined ? null : (
              <Chip
                key={dimension}
                set
                label={rowWords[dimension]}
                value={<FilterName dimension={dimension} value={value} />}
                removeLabel={`Remove the filter by ${rowWords[dimension].toLowerCase()}`}
                onRemove={() => go(undrilled(search, dimension))}
              />
            );
          })}
        </div>
      )}
      {error && !report ? (
        <Panel>
          <ReadFailed what="The report" error={error} onRetry={() => void overall.refetch()} />
        </Panel>
      ) : (
        <>
          {report ? <Figures report={report} /> : <Skeleton rows={2} />}
          <div className="grid grid-cols-[minmax(0,1fr)_398px] items-start gap-3 max-wide:grid-cols-1">
            <div className="flex min-w-0 flex-col gap-3">
              <ChartPanel
                search={search}
                today={today}
                overall={report}
                pivot={pivot.data}
                onChange={change}
              />
              <PivotPanel
                report={pivot.data}
                rows={rows}
                onRows={(next) => change({ rows: next })}
                onDrill={(dimension, value) => go(drilled(search, dimension, value))}
              />
            </div>
            <div className="flex min-w-0 flex-col gap-3">
              <ReasonPanel
                title="VAST errors"
                meta={
                  totals && totals.requests > 0
                    ? `${percent(totals.errors / totals.requests, 2)} of requests`
                    : ''
                }
                rows={totals?.errorsByCode}
                whole={totals?.requests ?? 0}
                word={vastErrorWord}
                hasCodes
                fill="var(--chart-8)"
                empty="No player reported an error."
              />
              <ReasonPanel
                title="No ad"
                meta="requests by reason"
                rows={totals?.noAdByReason}
                whole={totals?.requests ?? 0}
                word={reasonSentence}
                fill="var(--chart-2)"
                empty="Every request that is counted here got an ad."
              />
              <ReasonPanel
                title="Invalid traffic"
                meta="in no figure, never billed"
                rows={totals?.invalidByReason}
                whole={totals ? totals.invalidEvents : 0}
                word={(reason) => reason.replaceAll('_', ' ')}
                fill="var(--warn)"
                empty="No event was held to come from no viewer."
              />
            </div>
          </div>
        </>
      )}
    </Page>
  );
}

/** What a filter is called; its id until that is known. */
function FilterName({ dimension, value }: { dimension: (typeof ROW_DIMENSIONS)[number]; value: string }) {
  const named =
    dimension === 'campaign' ||
    dimension === 'line_item' ||
    dimension === 'creative' ||
    dimension === 'placement';
  const field = {
    campaign: 'campaignId',
    line_item: 'lineItemId',
    creative: 'creativeId',
    placement: 'placementId',
  } as const;
  const found = useRead(
    getDeliveryReport,
    {
      dimensions: [dimension],
      ...(named && value !== '' ? { [field[dimension]]: [value] } : {}),
      from: daysAgo(700),
      limit: 1,
    },
    { enabled: named && value !== '' },
  );
  const name = found.data?.rows.items[0]?.keys[0]?.name ?? null;
  return <>{keyWord({ dimension, value, name })}</>;
}

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
