import type { CampaignDetail } from '@cuepoint/contract';
import { Link } from '@tanstack/react-router';
import { PacingBar } from '../../design/charts/small.tsx';
import { cx } from '../../design/cx.ts';
import { DayRange } from '../../design/date-time.tsx';
import { count, percent } from '../../design/format/number.ts';
import { IdChip } from '../../design/id-chip.tsx';
import { Money } from '../../design/money.tsx';
import { Panel } from '../../design/panel.tsx';
import { EmptyState } from '../../design/states.tsx';
import { Status } from '../../design/status.tsx';
import { Table, Td, Th, Tr } from '../../design/table.tsx';
import { flightWord } from '../../words.ts';
import { lineItemPace } from '../line-items/pace.ts';

/** Dated budget windows by line item. Spend is counted on the line item, so it is shown there. */
export function FlightsPanel({ campaign, detailed }: { campaign: CampaignDetail; detailed?: boolean }) {
  const now = Date.now();
  const rows = campaign.lineItems.flatMap((lineItem) =>
    lineItem.flights.map((flight) => ({ lineItem, flight })),
  );
  return (
    <div className="flex flex-col gap-3">
      <Panel title="Flights" meta={<span className="text-md">{rows.length}</span>}>
        {rows.length === 0 ? (
          <EmptyState title="No flights">A flight is a dated budget window of a line item.</EmptyState>
        ) : (
          <Table
            label="Flights"
            columns={[98, null, 168, 96, 140, 74, { width: 92, wideOnly: true }]}
            head={
              <>
                <Th>Status</Th>
                <Th>Flight</Th>
                <Th>Dates, zone</Th>
                <Th right>Budget</Th>
                <Th>Pacing</Th>
                <Th right>CPM</Th>
                <Th right wideOnly>
                  Impressions
                </Th>
              </>
            }
          >
            {rows.map(({ lineItem, flight }) => {
              const pace = lineItemPace({ pacing: lineItem.pacing, flights: [flight] });
              const word = flightWord(campaign.status, lineItem.status, flight, now);
              const off = word === 'Live' && pace?.isOff === true;
              return (
                <Tr key={flight.id}>
                  <Td>
                    <Status word={word} />
                  </Td>
                  <Td title={`${lineItem.name}, ${flight.name}`}>
                    <span className="font-medium">{flight.name}</span>{' '}
                    {flight.name !== lineItem.name && !lineItem.name.startsWith(campaign.name) && (
                      <span className="text-fg-3">{lineItem.name}</span>
                    )}
                  </Td>
                  <Td>
                    <DayRange from={flight.startAt} until={flight.endAt} zone={flight.timeZone} />
                  </Td>
                  <Td right>
                    {flight.budgetMicros === null ? (
                      <span className="text-fg-3">none</span>
                    ) : (
                      <Money micros={flight.budgetMicros} currency={lineItem.currency} short />
                    )}
                  </Td>
                  <Td>
                    {pace === null || pace.expected === 0 ? (
                      <span className="block text-right text-fg-3">·</span>
                    ) : (
                      <span className="flex items-center gap-2">
                        <PacingBar
                          actual={pace.actual}
                          expected={pace.expected}
                          off={pace.isOff}
                          width={60}
                        />
                        <span className={cx('w-13 text-right', off ? 'font-medium text-warn' : 'text-fg-2')}>
                          {percent(pace.actual / pace.expected)}
                        </span>
                      </span>
                    )}
                  </Td>
                  <Td right>
                    <Money micros={lineItem.cpmMicros} currency={lineItem.currency} short />
                  </Td>
                  <Td right wideOnly>
                    {count(flight.impressions)}
                  </Td>
                </Tr>
              );
            })}
          </Table>
        )}
      </Panel>
      {detailed && <LineItems campaign={campaign} />}
    </div>
  );
}

const lineItemWords = { draft: 'Draft', active: 'Live', paused: 'Paused', completed: 'Completed' } as const;

function LineItems({ campaign }: { campaign: CampaignDetail }) {
  return (
    <Panel title="Line items" meta={<span className="text-md">{campaign.lineItems.length}</span>}>
      <Table
        label="Line items"
        columns={[98, null, 196, 70, 74, 110, { width: 130, wideOnly: true }, { width: 150, wideOnly: true }]}
        head={
          <>
            <Th>Status</Th>
            <Th>Line item</Th>
            <Th>Id</Th>
            <Th right>Priority</Th>
            <Th right>CPM</Th>
            <Th right>Spent</Th>
            <Th wideOnly>Countries</Th>
            <Th wideOnly>Devices</Th>
          </>
        }
      >
        {campaign.lineItems.map((lineItem) => (
          <Tr key={lineItem.id}>
            <Td>
              <Status word={lineItemWords[lineItem.status]} />
            </Td>
            <Td className="font-medium">
              <Link
                to="/line-items/$lineItemId"
                params={{ lineItemId: lineItem.id }}
                title={lineItem.name}
                className="rounded-md hover:text-accent-text"
              >
                {lineItem.name}
              </Link>
            </Td>
            <Td>
              <IdChip id={lineItem.id} />
            </Td>
            <Td right>{lineItem.priority}</Td>
            <Td right>
              <Money micros={lineItem.cpmMicros} currency={lineItem.currency} short />
            </Td>
            <Td right>
              <Money micros={lineItem.spentMicros} currency={lineItem.currency} />
            </Td>
            <Td wideOnly className="text-fg-2">
              {lineItem.countries.join(', ') || 'everywhere'}
            </Td>
            <Td wideOnly className="text-fg-2">
              {lineItem.deviceTypes.join(', ') || 'every device'}
            </Td>
          </Tr>
        ))}
      </Table>
    </Panel>
  );
}
