import type { LineItem } from '@cuepoint/contract';
import { Link, useNavigate } from '@tanstack/react-router';
import { SearchCheck } from 'lucide-react';
import { type KeyboardEvent, useRef } from 'react';
import { PacingBar } from '../../design/charts/small.tsx';
import { cx } from '../../design/cx.ts';
import { DayRange } from '../../design/date-time.tsx';
import { moneyShort, parseMoney } from '../../design/format/money.ts';
import { percent } from '../../design/format/number.ts';
import { Icon } from '../../design/icon.tsx';
import { Money } from '../../design/money.tsx';
import { Status } from '../../design/status.tsx';
import { Table, Td, Th, Tr } from '../../design/table.tsx';
import { useRowWalk } from '../../shell/use-row-walk.ts';
import { EditCell } from './edit-cell.tsx';
import { flightInView, lineItemPace } from './pace.ts';
import type { LineItemPatch } from './use-line-item-edit.ts';
import { lineItemWord, statusNames, typeWords } from './words.ts';

const none = <span className="text-fg-3">·</span>;
/** What is wrong with a cell hangs out of it. */
const cell = 'has-[[role=alert]]:!overflow-visible';
const settable = ['active', 'paused', 'completed'] as const;

/** Every line item in a row. Status, priority and price are edited in their cells. */
export function LineItemTable({
  lineItems,
  mayWrite,
  saving,
  onSave,
}: {
  lineItems: readonly LineItem[];
  mayWrite: boolean;
  saving: string | null;
  onSave: (lineItem: LineItem, patch: LineItemPatch, what: string) => void;
}) {
  const navigate = useNavigate();
  const table = useRef<HTMLDivElement>(null);
  useRowWalk(table, 'tbody [data-row]');
  const wide = (width: number) => ({ width, wideOnly: true }) as const;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys move among the cells inside
    <div ref={table} onKeyDown={moveAmongCells}>
      <Table
        label="Line items"
        className="min-w-[680px] [&_thead]:sticky [&_thead]:top-0 [&_thead]:z-10"
        columns={[104, null, wide(132), wide(92), 58, 88, 122, wide(158), 112, wide(74), 44]}
        head={
          <>
            <Th>Status</Th>
            <Th>Line item</Th>
            <Th wideOnly>Campaign</Th>
            <Th wideOnly>Type</Th>
            <Th right>Priority</Th>
            <Th right>CPM</Th>
            <Th>Pacing</Th>
            <Th wideOnly>Flight, zone</Th>
            <Th right>Spent</Th>
            <Th right wideOnly>
              Budget
            </Th>
            <Th>
              <span className="sr-only">Why</span>
            </Th>
          </>
        }
      >
        {lineItems.map((lineItem) => {
          const word = lineItemWord(lineItem);
          const pace = lineItemPace(lineItem);
          const ratio = pace && pace.expected > 0 ? pace.actual / pace.expected : null;
          const off = word === 'Live' && pace?.isOff === true;
          const flight = flightInView(lineItem.flights);
          const busy = saving === lineItem.id;
          return (
            <Tr
              key={lineItem.id}
              onOpen={() =>
                void navigate({ to: '/line-items/$lineItemId', params: { lineItemId: lineItem.id } })
              }
            >
              <Td className={cell}>
                <EditCell
                  label={`Status of ${lineItem.name}`}
                  text={lineItem.status}
                  shown={word}
                  options={[
                    ...(lineItem.status === 'draft' ? [{ value: 'draft', label: 'Draft' }] : []),
                    ...settable.map((status) => ({ value: status, label: statusNames[status] })),
                  ]}
                  read={() => null}
                  onSave={(text) => {
                    const status = settable.find((known) => known === text);
                    if (status) onSave(lineItem, { status }, `is ${statusNames[status].toLowerCase()}`);
                  }}
                  busy={busy}
                  disabled={!mayWrite}
                >
                  <Status word={word} />
                </EditCell>
              </Td>
              <Td className="font-medium !font-stretch-[86%]">
                <Link
                  to="/line-items/$lineItemId"
                  params={{ lineItemId: lineItem.id }}
                  title={lineItem.name}
                  data-row=""
                  className="rounded-md hover:text-accent-text"
                >
                  {lineItem.name}
                </Link>
              </Td>
              <Td wideOnly className="text-fg-2 !font-stretch-[86%]" title={lineItem.campaignName}>
                <Link
                  to="/campaigns/$campaignId"
                  params={{ campaignId: lineItem.campaignId }}
                  className="rounded-md hover:text-accent-text"
                >
                  {lineItem.campaignName}
                </Link>
              </Td>
              <Td wideOnly>{typeWords[lineItem.type]}</Td>
              <Td right className={cell}>
                <EditCell
                  right
                  label={`Priority of ${lineItem.name}`}
                  text={String(lineItem.priority)}
                  read={readPriority}
                  onSave={(text) => onSave(lineItem, { priority: Number(text) }, `priority ${text}`)}
                  busy={false}
                  disabled={!mayWrite}
                >
                  {lineItem.priority}
                </EditCell>
              </Td>
              <Td right className={cell}>
                <EditCell
                  right
                  label={`CPM of ${lineItem.name} in ${lineItem.currency}`}
                  text={moneyShort(lineItem.cpmMicros, lineItem.currency).replace(/^[^\d]+/, '')}
                  read={readCpm}
                  onSave={(text) => {
                    const cpmMicros = parseMoney(text);
                    if (cpmMicros !== null)
                      onSave(lineItem, { cpmMicros }, `CPM ${moneyShort(cpmMicros, lineItem.currency)}`);
                  }}
                  busy={false}
                  disabled={!mayWrite}
                >
                  <Money micros={lineItem.cpmMicros} currency={lineItem.currency} short />
                </EditCell>
              </Td>
              <Td>
                {pace === null || ratio === null ? (
                  <span className="block pr-1 text-right">{none}</span>
                ) : (
                  <span className="flex items-center gap-2">
                    <PacingBar actual={pace.actual} expected={pace.expected} off={pace.isOff} width={52} />
                    <span className={cx('w-13 text-right', off ? 'font-medium text-warn' : 'text-fg-2')}>
                      {percent(ratio)}
                    </span>
                  </span>
                )}
              </Td>
              <Td wideOnly>
                {flight ? (
                  <DayRange from={flight.startAt} until={flight.endAt} zone={flight.timeZone} />
                ) : (
                  <span className="text-warn">no flight</span>
                )}
              </Td>
              <Td right className={lineItem.spentMicros === 0 ? 'text-fg-3' : undefined}>
                <Money micros={lineItem.spentMicros} currency={lineItem.currency} />
              </Td>
              <Td right wideOnly>
                {lineItem.budgetMicros === null ? (
                  <span className="text-fg-3">none</span>
                ) : (
                  <Money micros={lineItem.budgetMicros} currency={lineItem.currency} short />
                )}
              </Td>
              <Td>
                <Link
                  to="/why"
                  search={{ tab: 'preview', li: lineItem.id }}
                  aria-label={`Why does ${lineItem.name} serve or not`}
                  title="Why"
                  className="grid size-6 place-items-center rounded-md text-fg-3 hover:text-fg"
                >
                  <Icon of={SearchCheck} />
                </Link>
              </Td>
            </Tr>
          );
        })}
      </Table>
    </div>
  );
}

/** Why a priority is not accepted; null when it is. */
function readPriority(text: string): string | null {
  return /^(?:[1-9]|1[0-6])$/.test(text.trim())
    ? null
    : `“${text}” is not accepted; give 1 (first) to 16 (last)`;
}

/** Why a price is not accepted; null when it is. One impression must cost a whole number of micros. */
export function readCpm(text: string): string | null {
  const micros = parseMoney(text);
  if (micros === null || micros < 1000 || micros > 10_000_000_000 || micros % 1000 !== 0)
    return `“${text}” is not accepted; give 0.001 to 10,000 in steps of 0.001`;
  return null;
}

const steps: Record<string, readonly [row: number, cell: number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** Arrow keys among the cells that can be edited. */
function moveAmongCells(event: KeyboardEvent<HTMLElement>): void {
  const step = steps[event.key];
  const from = event.target instanceof Element ? event.target.closest('[data-cell]') : null;
  const row = from?.closest('tr');
  if (!step || !from || !row) return;
  event.preventDefault();
  const cellsOf = (of: Element | null | undefined) => [
    ...(of?.querySelectorAll<HTMLElement>('[data-cell]') ?? []),
  ];
  const at = cellsOf(row).findIndex((one) => one.contains(from));
  const target = step[0] === 0 ? row : step[0] === 1 ? row.nextElementSibling : row.previousElementSibling;
  cellsOf(target)[at + step[1]]?.focus();
}
