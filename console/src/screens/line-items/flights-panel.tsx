import type { Flight, LineItem } from '@cuepoint/contract';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../design/button.tsx';
import { PacingBar } from '../../design/charts/small.tsx';
import { cx } from '../../design/cx.ts';
import { DateTime } from '../../design/date-time.tsx';
import { count, percent } from '../../design/format/number.ts';
import { Money } from '../../design/money.tsx';
import { Panel } from '../../design/panel.tsx';
import { EmptyState } from '../../design/states.tsx';
import { Status } from '../../design/status.tsx';
import { Table, Td, Th, Tr } from '../../design/table.tsx';
import { campaignWord } from '../../words.ts';
import { EditCell } from '../list-parts.tsx';
import { FlightDrawer } from './flight-drawer.tsx';
import { lineItemPace } from './pace.ts';

const none = <span className="text-fg-3">none</span>;

/** When it serves and for how much. */
export function FlightsPanel({ lineItem, mayWrite }: { lineItem: LineItem; mayWrite: boolean }) {
  const [open, setOpen] = useState<Flight | 'new' | null>(null);
  const { currency } = lineItem;
  const flights = [...lineItem.flights].sort((a, b) => Date.parse(a.startAt) - Date.parse(b.startAt));
  return (
    <Panel
      title="Flights"
      meta={String(flights.length)}
      action={
        mayWrite && (
          <Button size="sm" icon={Plus} onClick={() => setOpen('new')}>
            Flight
          </Button>
        )
      }
    >
      {flights.length === 0 ? (
        <EmptyState title="No flight">Without a flight the line item serves at no time.</EmptyState>
      ) : (
        <Table
          label="Flights"
          columns={[
            96,
            null,
            130,
            130,
            76,
            { width: 70, wideOnly: true },
            112,
            { width: 78, wideOnly: true },
            44,
          ]}
          head={
            <>
              <Th>Status</Th>
              <Th>Flight</Th>
              <Th>From</Th>
              <Th>Until</Th>
              <Th right>Budget</Th>
              <Th right wideOnly>
                A day
              </Th>
              <Th>Pacing</Th>
              <Th right wideOnly>
                Impressions
              </Th>
              <Th>
                <span className="sr-only">Edit</span>
              </Th>
            </>
          }
        >
          {flights.map((flight) => {
            const pace = lineItemPace({ pacing: lineItem.pacing, flights: [flight] });
            const word = campaignWord({
              status: lineItem.status,
              startAt: flight.startAt,
              endAt: flight.endAt,
            });
            const off = word === 'Live' && pace?.isOff === true;
            return (
              <Tr key={flight.id}>
                <Td>
                  <Status word={word} />
                </Td>
                <Td className="font-medium" title={flight.name}>
                  {flight.name}
                </Td>
                <Td>
                  <DateTime at={flight.startAt} zone={flight.timeZone} />
                </Td>
                <Td>
                  <DateTime at={flight.endAt} zone={flight.timeZone} />
                </Td>
                <Td right>
                  {flight.budgetMicros === null ? (
                    none
                  ) : (
                    <Money micros={flight.budgetMicros} currency={currency} short />
                  )}
                </Td>
                <Td right wideOnly>
                  {flight.dailyBudgetMicros === null ? (
                    none
                  ) : (
                    <Money micros={flight.dailyBudgetMicros} currency={currency} short />
                  )}
                </Td>
                <Td>
                  {pace === null || pace.expected === 0 ? (
                    <span className="block text-right text-fg-3">·</span>
                  ) : (
                    <span className="flex items-center gap-2">
                      <PacingBar actual={pace.actual} expected={pace.expected} off={pace.isOff} width={52} />
                      <span className={cx('w-13 text-right', off ? 'font-medium text-warn' : 'text-fg-2')}>
                        {percent(pace.actual / pace.expected)}
                      </span>
                    </span>
                  )}
                </Td>
                <Td
                  right
                  wideOnly
                  title={flight.impressionGoal === null ? undefined : `goal ${count(flight.impressionGoal)}`}
                >
                  {count(flight.impressions)}
                </Td>
                <EditCell name={flight.name} mayWrite={mayWrite} onEdit={() => setOpen(flight)} />
              </Tr>
            );
          })}
        </Table>
      )}
      {open && (
        <FlightDrawer
          key={open === 'new' ? 'new' : open.id}
          lineItem={lineItem}
          flight={open === 'new' ? null : open}
          onClose={() => setOpen(null)}
        />
      )}
    </Panel>
  );
}
