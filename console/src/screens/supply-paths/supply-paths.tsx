import { analyseSupplyPaths, type FeeMode, type SupplyAnalysis } from '@cuepoint/contract';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Route } from 'lucide-react';
import type { ReactNode } from 'react';
import { useRead } from '../../api.ts';
import { Sankey } from '../../design/charts/sankey.tsx';
import { Legend, useTwin } from '../../design/charts/twin.tsx';
import { Waterfall } from '../../design/charts/waterfall.tsx';
import { moneyShort, moneyText } from '../../design/format/money.ts';
import { count } from '../../design/format/number.ts';
import { Money } from '../../design/money.tsx';
import { Panel } from '../../design/panel.tsx';
import { Segmented } from '../../design/segmented.tsx';
import { EmptyState, Skeleton } from '../../design/states.tsx';
import { Table, Td, Th, Tr } from '../../design/table.tsx';
import { ReadFailed } from '../../problem.tsx';
import { useCrumbs } from '../../shell/page-context.tsx';
import { Page } from '../page.tsx';
import { BaseCpm } from './base-cpm.tsx';
import { FlowTable } from './flow-table.tsx';
import { sankeyFlows, waterfallSteps } from './flows.ts';
import { PathTable } from './path-table.tsx';
import { type SupplySearch, supplyDefaults } from './search.ts';

const modes = [
  { value: 'additive', label: 'Additive' },
  { value: 'cascading', label: 'Cascading' },
] as const;
const modeSentence: Record<FeeMode, string> = {
  additive: 'each percentage is taken from the gross',
  cascading: 'each percentage is taken from what is left',
};

/** What reaches the publisher on each path, in both modes; two paths compared step by step. */
export function SupplyPaths() {
  useCrumbs([{ label: 'Learn' }, { label: 'Supply paths' }]);
  const search = { ...supplyDefaults, ...useSearch({ from: '/shell/supply-paths' }) };
  const { mode, baseCpm, first, second } = search;
  const navigate = useNavigate({ from: '/supply-paths' });
  const analysis = useRead(analyseSupplyPaths, { baseCpm, first, second }, { keep: true });
  const change = (next: SupplySearch) =>
    void navigate({
      search: (current: SupplySearch) => ({ ...current, ...next }),
      replace: true,
      resetScroll: false,
    });
  const data = analysis.data;
  return (
    <Page
      title="Supply paths"
      className="!gap-2.5"
      beside={
        <>
          <Segmented
            label="How percentages apply"
            value={mode}
            options={modes}
            onChange={(value) => change({ mode: value })}
          />
          <span className="meta text-fg-3">{modeSentence[mode]}</span>
        </>
      }
      actions={
        <BaseCpm
          value={baseCpm}
          currency={data?.currency ?? 'USD'}
          onChange={(value) => change({ baseCpm: value })}
        />
      }
    >
      {analysis.error ? (
        <Panel>
          <ReadFailed what="Supply paths" error={analysis.error} onRetry={() => void analysis.refetch()} />
        </Panel>
      ) : !data ? (
        <Panel>
          <Skeleton rows={10} />
        </Panel>
      ) : data.paths.length === 0 ? (
        <Panel>
          <EmptyState icon={Route} title="No supply paths are loaded">
            They are reference data and come with the first start of the server.
          </EmptyState>
        </Panel>
      ) : (
        <Analysis
          data={data}
          mode={mode}
          first={first}
          second={second}
          onCompare={(paths) => change({ first: paths[0], second: paths[1] })}
        />
      )}
    </Page>
  );
}

function Analysis({
  data,
  mode,
  first,
  second,
  onCompare,
}: {
  data: SupplyAnalysis;
  mode: FeeMode;
  first: number;
  second: number;
  onCompare: (paths: readonly [number, number]) => void;
}) {
  const flowTwin = useTwin('the flow');
  const stepTwin = useTwin('the comparison');
  const { currency, comparison } = data;
  const firstEntry = data.paths.find((entry) => entry.path.number === first);
  const secondEntry = data.paths.find((entry) => entry.path.number === second);
  const flows = sankeyFlows(data.paths, mode, first, second);
  const steps = firstEntry && secondEntry ? waterfallSteps(firstEntry, secondEntry, mode) : [];
  const gross = data.paths.reduce((sum, entry) => sum + entry[mode].grossCpmMicros, 0);
  const advantage = mode === 'additive' ? comparison.additiveAdvantagePpm : comparison.cascadingAdvantagePpm;
  const other = mode === 'additive' ? comparison.cascadingAdvantagePpm : comparison.additiveAdvantagePpm;
  const payback =
    mode === 'additive' ? comparison.additiveBreakEvenImpressions : comparison.cascadingBreakEvenImpressions;
  const points = (ppm: number) => (Math.abs(ppm) / 10_000).toFixed(3);
  return (
    <>
      <div className="grid grid-cols-[minmax(0,1fr)_398px] gap-2.5 max-wide:grid-cols-1">
        <Panel
          title={`Where ${moneyShort(gross, currency)} goes`}
          meta={`${moneyShort(data.baseCpmMicros, currency)} CPM on each of ${data.paths.length} paths, declared fees, ${mode}`}
          bodyClassName="px-3 py-2.5"
          action={
            <>
              <Legend
                items={[
                  { name: `Path ${first}`, color: 'var(--chart-1)' },
                  { name: `Path ${second}`, color: 'var(--chart-2)' },
                  { name: 'Fee kept', color: 'var(--warn)' },
                  { name: 'Working media', color: 'var(--ok)' },
                ]}
              />
              {flowTwin.toggle}
            </>
          }
        >
          {flowTwin.asTable ? (
            <FlowTable flows={flows} currency={currency} />
          ) : (
            <Sankey
              title={`Flow of ${moneyText(gross, currency)} over ${data.paths.length} supply paths, ${mode}`}
              flows={flows}
              height={330}
              format={(micros) => moneyShort(micros, currency)}
              passedBy="direct, no exchange"
            />
          )}
        </Panel>
        <Panel
          title={`Path ${first} against path ${second}`}
          bodyClassName="px-3 py-2.5"
          action={
            <>
              {firstEntry && secondEntry && (
                <Legend
                  items={[
                    { name: firstEntry.path.dsp.party, color: 'var(--chart-1)' },
                    { name: secondEntry.path.dsp.party, color: 'var(--chart-2)' },
                  ]}
                />
              )}
              {stepTwin.toggle}
            </>
          }
        >
          {steps.length === 0 ? (
            <EmptyState icon={Route} title="Choose two paths to compare">
              Check two rows of the table below.
            </EmptyState>
          ) : stepTwin.asTable ? (
            <Table
              label={`Path ${first} against path ${second}, ${mode}`}
              columns={[null, 118, 118]}
              head={
                <>
                  <Th>Step</Th>
                  <Th right>Path {first}</Th>
                  <Th right>Path {second}</Th>
                </>
              }
            >
              {steps.map((step) => (
                <Tr key={step.name}>
                  <Td>
                    {step.name} <span className="meta text-fg-3">{step.detail}</span>
                  </Td>
                  {[step.first, step.second].map((bar, at) => (
                    <Td key={at === 0 ? 'first' : 'second'} right>
                      {bar ? (
                        <Money
                          micros={step.kind === 'fee' ? -bar.amountMicros : bar.amountMicros}
                          currency={currency}
                        />
                      ) : (
                        'none'
                      )}
                    </Td>
                  ))}
                </Tr>
              ))}
            </Table>
          ) : (
            <Waterfall title={`Fees of two paths, ${mode}`} steps={steps} currency={currency} />
          )}
          <div className="mt-2 grid grid-cols-[1fr_132px] gap-4 border-t border-line pt-2 text-sm">
            <KeyFigure figure={`${points(advantage)} points`}>
              {advantage === 0 ? 'no difference' : advantage > 0 ? 'more' : 'less'} reaches the publisher
              before CPM fees; {mode === 'additive' ? 'cascading' : 'additive'} would say {points(other)}
            </KeyFigure>
            <KeyFigure figure={payback === null ? 'never' : count(Math.round(payback))}>
              impressions pay back a {moneyShort(comparison.creativeCostMicros, currency)} creative
            </KeyFigure>
          </div>
        </Panel>
      </div>
      <PathTable data={data} mode={mode} first={first} second={second} onCompare={onCompare} />
      {data.assumptions.length > 0 && (
        <Panel title="Assumptions" bodyClassName="px-3 py-2">
          <ul className="list-disc pl-4 text-sm text-fg-2">
            {data.assumptions.map((assumption) => (
              <li key={assumption}>{assumption}</li>
            ))}
          </ul>
        </Panel>
      )}
    </>
  );
}

function KeyFigure({ figure, children }: { figure: string; children: ReactNode }) {
  return (
    <div>
      <b className="block text-title font-medium">{figure}</b>
      <span className="text-fg-3">{children}</span>
    </div>
  );
}
