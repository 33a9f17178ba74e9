import {
  getDeliveryReport,
  getProfile,
  getReportView,
  REPORT_FORMATS,
  ROW_DIMENSIONS,
} from '@cuepoint/contract';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Download } from 'lucide-react';
import { useRead } from '../../api.ts';
import { reasonSentence } from '../../delivery-words.ts';
import { buttonClass } from '../../design/button.tsx';
import { Chip } from '../../design/chip.tsx';
import { clock, isoDay, ownZone, zoneName } from '../../design/format/date.ts';
import { percent } from '../../design/format/number.ts';
import { Icon } from '../../design/icon.tsx';
import { Panel } from '../../design/panel.tsx';
import { Skeleton } from '../../design/states.tsx';
import { ReadFailed } from '../../problem.tsx';
import { useCrumbs } from '../../shell/page-context.tsx';
import { Page } from '../page.tsx';
import { ChartPanel } from './chart-panel.tsx';
import { DiscrepancyPanel } from './discrepancy-panel.tsx';
import { Figures } from './figures.tsx';
import { FilterNames } from './filter-names.tsx';
import { HeatPanel } from './heat-panel.tsx';
import { PivotPanel } from './pivot-panel.tsx';
import { QuestionControls } from './question-controls.tsx';
import { ReasonPanel } from './reason-panel.tsx';
import { SchedulesPanel } from './schedules-panel.tsx';
import {
  type AnalyticsSearch,
  analyticsDefaults,
  drilled,
  fileAddress,
  reportInput,
  timeDimension,
  undrilled,
  valuesOnly,
} from './search.ts';
import { hiddenPart, useViewOfAddress, ViewBar } from './view-bar.tsx';
import { rowWords, vastErrorWord } from './words.ts';

const PIVOT_ROWS = 50;

/** Delivery by any dimension, over time and side by side; the address is the question. */
export function Analytics() {
  useCrumbs([{ label: 'Learn' }, { label: 'Analytics' }]);
  const search = useSearch({ from: '/shell/analytics' });
  const navigate = useNavigate({ from: '/analytics' });
  const { rows } = { ...analyticsDefaults, ...search };
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
  const profile = useRead(getProfile, {});
  const mayWrite = profile.data?.permissions.includes('reporting:write') ?? false;
  const saved = useRead(
    getReportView,
    { reportViewId: search.view ?? '' },
    { enabled: search.view !== undefined },
  );
  const view = search.view === undefined ? undefined : saved.data;
  useViewOfAddress(search, view, go);
  const hidden = view ? hiddenPart(view) : null;
  const error = home.error ?? overall.error ?? pivot.error;
  const totals = report?.totals.metrics;
  const zones = [...new Set([home.data?.timeZone, search.zone, ownZone(), 'UTC'])].filter(
    (one) => one !== undefined,
  );
  return (
    <Page
      title={`Delivery by ${rowWords[rows].toLowerCase()}`}
      beside={<QuestionControls search={search} zone={zone} zones={zones} onChange={go} />}
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
      <div className="flex flex-wrap items-center gap-2">
        <ViewBar
          search={search}
          view={view}
          zone={zone ?? ownZone()}
          today={today}
          mayWrite={mayWrite}
          onGo={go}
        />
        {hidden && <span className="meta text-fg-3">{hidden}</span>}
      </div>
      {search.view && saved.error && (
        <Panel>
          <ReadFailed what="The saved view" error={saved.error} onRetry={() => void saved.refetch()} />
        </Panel>
      )}
      {search.only && (
        <div className="flex flex-wrap items-center gap-2">
          {ROW_DIMENSIONS.map((dimension) => {
            const value = search.only?.[dimension];
            return value === undefined ? null : (
              <Chip
                key={dimension}
                set
                label={rowWords[dimension]}
                value={<FilterNames dimension={dimension} values={valuesOnly(value)} />}
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
              <SchedulesPanel view={view} mayWrite={mayWrite} />
            </div>
            <div className="flex min-w-0 flex-col gap-3">
              <HeatPanel search={search} today={today} zone={zone} onChange={change} />
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
              <DiscrepancyPanel zone={zone} />
            </div>
          </div>
        </>
      )}
    </Page>
  );
}
