// The board of primitives, for looking at them in both themes: `npm run dev`, then /dev/board.html. Not part of the build.
import '../src/design/theme.css';
import { Film, Inbox, ListChecks, Plus } from 'lucide-react';
import { type ReactNode, StrictMode, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { Button, buttonClass, Kbd } from '../src/design/button.tsx';
import { LineChart } from '../src/design/charts/line-chart.tsx';
import { PacingBar, Sparkline } from '../src/design/charts/small.tsx';
import { Chip, Tag } from '../src/design/chip.tsx';
import { Checkbox, Switch } from '../src/design/choice.tsx';
import { Field, Input, Select } from '../src/design/field.tsx';
import { moneyAxis, moneyText } from '../src/design/format/money.ts';
import { IdChip } from '../src/design/id-chip.tsx';
import { CueDot, Mark } from '../src/design/mark.tsx';
import { Money } from '../src/design/money.tsx';
import { Note } from '../src/design/note.tsx';
import { Panel } from '../src/design/panel.tsx';
import { Segmented } from '../src/design/segmented.tsx';
import { EmptyState, ErrorState, Skeleton } from '../src/design/states.tsx';
import { Status } from '../src/design/status.tsx';
import { type StatusWord, statusMap } from '../src/design/status-map.ts';
import { Table, Td, Tr } from '../src/design/table.tsx';
import { Tabs } from '../src/design/tabs.tsx';
import { ToastProvider, useToast } from '../src/design/toast.tsx';

const day = 86_400_000;
const xs = Array.from({ length: 15 }, (_, at) => at * day);

function Part({ name, children }: { name: string; children: ReactNode }) {
  return (
    <section>
      <h3 className="mb-1.5 !text-sm !font-medium text-fg-2">{name}</h3>
      {children}
    </section>
  );
}

function Board() {
  const toast = useToast();
  const [view, setView] = useState<'table' | 'board'>('table');
  const [tab, setTab] = useState<'one' | 'two'>('one');
  const [on, setOn] = useState(true);
  return (
    <main className="px-7 py-5">
      <div className="mb-3.5 flex items-center gap-3">
        <Mark size={28} />
        <h1>Components and states</h1>
        <span className="ml-auto flex items-center gap-2 text-sm text-fg-3">
          <CueDot size={16} /> <CueDot size={10} /> <CueDot size={8} /> cue 16, 10, 8
        </span>
      </div>
      <div className="grid grid-cols-[minmax(0,1fr)_372px_440px] gap-7">
        <div className="flex flex-col gap-3.5">
          <Part name="Buttons">
            <div className="flex flex-wrap gap-2">
              <Button look="primary">Primary</Button>
              <Button>Secondary</Button>
              <Button look="quiet">Quiet</Button>
              <Button look="danger" icon={Inbox}>
                Archive
              </Button>
              <Button disabled>Off</Button>
              <Button busy icon={Plus}>
                Busy
              </Button>
              <Button size="sm">Small 24</Button>
            </div>
          </Part>
          <Part name="Inputs">
            <div className="grid grid-cols-3 gap-2.5">
              <Field label="Rest">
                <Input defaultValue="Lamp Week" />
              </Field>
              <Field label="Choice">
                <Select>
                  <option>Awareness</option>
                </Select>
              </Field>
              <Field label="Error" error="Equals lifetime">
                <Input defaultValue="$85,000.00" />
              </Field>
            </div>
            <div className="mt-2 flex flex-wrap items-center gap-3.5">
              <Checkbox checked={on} onChange={setOn} label="On" /> On
              <Checkbox checked="mixed" onChange={() => {}} label="Some" /> Some
              <Checkbox checked={false} onChange={() => {}} label="Off" /> Off
              <Switch checked={on} onChange={setOn} label="Switch" />
              <Chip value="Chip, set" set onRemove={() => {}} />
              <Chip label="Chip" />
              <Tag>Tag</Tag>
            </div>
            <div className="mt-2 flex items-center gap-3">
              <Segmented
                label="View"
                value={view}
                onChange={setView}
                options={[
                  { value: 'table', label: 'Table' },
                  { value: 'board', label: 'Board' },
                ]}
              />
              <Kbd>⌘K</Kbd>
              <IdChip id="cmp_01jcx9w2b8k3m5n7p9q1" />
            </div>
          </Part>
          <Part name="Status: icon, word, colour">
            <div className="grid grid-cols-4 gap-x-3.5 gap-y-1.5">
              {(Object.keys(statusMap) as StatusWord[]).map((word) => (
                <Status key={word} word={word} />
              ))}
            </div>
            <div className="mt-2 flex flex-wrap gap-2">
              {(['Live', 'In review', 'Under-pacing', 'Rejected', 'Draft', 'Simulated'] as const).map(
                (word) => (
                  <Status key={word} word={word} boxed />
                ),
              )}
            </div>
          </Part>
          <Part name="Type">
            <div className="text-figure font-medium">
              <Money micros={21_406_118_300} currency="USD" />
            </div>
            <div className="text-title font-strong">Page title</div>
            <div className="text-lg font-strong">Panel title</div>
            <div>Body, cells and controls</div>
            <div className="meta text-fg-2">
              Labels, table heads, meta <span className="font-mono">cmp_4yplt 00:00:21:04</span>
            </div>
          </Part>
          <Part name="Chart palette, sequence">
            <div className="flex gap-1.5">
              {[1, 2, 3, 4, 5, 6, 7, 8].map((at) => (
                <span key={at} className="h-5 w-9 rounded-sm" style={{ background: `var(--chart-${at})` }} />
              ))}
            </div>
          </Part>
        </div>
        <div className="flex flex-col gap-3.5">
          <Part name="Tabs">
            <Tabs
              label="Board"
              value={tab}
              onChange={setTab}
              items={[
                { value: 'one', label: 'Overview', content: null },
                { value: 'two', label: 'Flights', count: 4, content: null },
              ]}
            />
          </Part>
          <Part name="Toast with undo">
            <Button onClick={() => toast({ text: '3 campaigns paused', undo: () => {} })}>Show</Button>{' '}
            <Button onClick={() => toast({ text: 'The server did not answer', tone: 'block' })}>
              Show error
            </Button>
          </Part>
          <Part name="Rows">
            <Panel>
              <Table label="Rows" columns={[36, null, 140]}>
                <Tr>
                  <Td>
                    <Checkbox checked={false} onChange={() => {}} label="Row 1" />
                  </Td>
                  <Td>
                    <Status word="Live" />
                  </Td>
                  <Td right>
                    <Money micros={90_102_080_188} currency="USD" />
                  </Td>
                </Tr>
                <Tr selected>
                  <Td>
                    <Checkbox checked onChange={() => {}} label="Row 2" />
                  </Td>
                  <Td>
                    <Status word="Paused" />
                  </Td>
                  <Td right>
                    <Money micros={39_052_810_000} currency="EUR" />
                  </Td>
                </Tr>
              </Table>
            </Panel>
          </Part>
          <Part name="Small charts">
            <div className="flex items-center gap-4">
              <Sparkline values={[3, 5, 4, 7, 6, 9, 8]} label="Trend" />
              <PacingBar actual={0.37} expected={0.44} off />
              <PacingBar actual={0.44} expected={0.44} off={false} />
            </div>
          </Part>
          <Part name="Line chart">
            <Panel bodyClassName="p-3">
              <LineChart
                title="Spend"
                height={180}
                xs={xs}
                xTicks={[0, 7, 14].map((at) => ({ at: at * day, label: `${at + 1} Nov` }))}
                series={[
                  {
                    name: 'Actual',
                    look: 'actual',
                    values: xs.map((_, at) => (at < 9 ? at * 14_000_000_000 : null)),
                  },
                  { name: 'Expected', look: 'expected', values: xs.map((_, at) => at * 17_000_000_000) },
                ]}
                formatX={(at) => `day ${at / day + 1}`}
                formatY={(micros) => moneyText(micros, 'USD')}
                formatAxis={(micros) => moneyAxis(micros, 'USD')}
                now={{ at: 8 * day, label: 'now' }}
              />
            </Panel>
          </Part>
        </div>
        <div className="flex flex-col gap-3.5">
          <Part name="Banners">
            <div className="flex flex-col gap-1.5">
              <Note tone="warn" title="Snapshot is 14 s old.">
                Serving continues on the last good one.
              </Note>
              <Note tone="block" title="Save refused.">
                Somebody changed the budget at 14:31.
              </Note>
              <Note tone="info" title="Live tail is paused.">
                1,204 events wait.
              </Note>
            </div>
          </Part>
          <Part name="Empty state">
            <Panel>
              <EmptyState
                icon={ListChecks}
                title="No campaigns yet"
                action={
                  <span className={buttonClass('primary')}>
                    <Film size={14} /> New campaign
                  </span>
                }
              >
                The first one takes a brand, a market, a budget and two dates.
              </EmptyState>
            </Panel>
          </Part>
          <Part name="Error state">
            <Panel>
              <ErrorState title="Deployments did not load" requestId="req_01JCX9W2B8" onRetry={() => {}}>
                The database did not answer in 5 s. Serving is not affected.
              </ErrorState>
            </Panel>
          </Part>
          <Part name="Skeleton, after 300 ms">
            <Panel>
              <Skeleton />
            </Panel>
          </Part>
        </div>
      </div>
    </main>
  );
}

const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <ToastProvider>
        <Board />
      </ToastProvider>
    </StrictMode>,
  );
}
