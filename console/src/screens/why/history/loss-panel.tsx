import { getLossHistory, type LossHistory } from '@cuepoint/contract';
import { History, X } from 'lucide-react';
import { useRead } from '../../../api.ts';
import { Button } from '../../../design/button.tsx';
import { StackedDays } from '../../../design/charts/stacked-days.tsx';
import { useTwin } from '../../../design/charts/twin.tsx';
import { day as dayText, ownZone, zoneName } from '../../../design/format/date.ts';
import { count, percent } from '../../../design/format/number.ts';
import { Panel } from '../../../design/panel.tsx';
import { EmptyState, Skeleton } from '../../../design/states.tsx';
import { Table, Td, Th, Tr } from '../../../design/table.tsx';
import { ReadFailed } from '../../../problem.tsx';
import { ChangeList } from './change-list.tsx';
import { partsOf, reasonTitle, seriesOf, stackedDays } from './loss-view.ts';

/** Lost requests of the last 45 days by reason, with what was changed when. A day is selected to look at it alone. */
export function LossPanel({
  lineItemId,
  placementId,
  day,
  onDay,
}: {
  lineItemId?: string | undefined;
  placementId?: string | undefined;
  day: string | undefined;
  onDay: (day: string | undefined) => void;
}) {
  const twin = useTwin('lost requests');
  const timeZone = ownZone();
  const history = useRead(
    getLossHistory,
    {
      timeZone,
      ...(lineItemId ? { lineItemId } : {}),
      ...(placementId ? { placementId } : {}),
    },
    { keep: true },
  );
  const data = history.data;
  return (
    <Panel
      title={`Requests lost, ${data?.days.length ?? 45} days`}
      meta={data && `share per day, ${zoneName(timeZone)}`}
      action={
        <>
          {day && (
            <Button size="sm" look="quiet" icon={X} onClick={() => onDay(undefined)}>
              All days
            </Button>
          )}
          {twin.toggle}
        </>
      }
      bodyClassName={history.isPlaceholderData ? 'opacity-60' : ''}
    >
      {history.error && !data ? (
        <ReadFailed what="The history" error={history.error} onRetry={() => void history.refetch()} />
      ) : !data ? (
        <Skeleton rows={6} />
      ) : data.requests === 0 ? (
        <EmptyState icon={History} title="No request in this time">
          The history begins with the first request of a player.
        </EmptyState>
      ) : (
        <>
          {data.reasons.length === 0 && (
            <p className="border-b border-line px-3 py-2 text-sm text-fg-2">
              {lineItemId
                ? 'No request is known to have been lost to it in this time.'
                : 'No request was lost in this time.'}
            </p>
          )}
          {twin.asTable ? (
            <DayTable history={data} day={day} onDay={onDay} />
          ) : (
            <div className="p-3">
              <StackedDays
                height={data.reasons.length === 0 ? 48 : undefined}
                title={`Share of requests lost by reason, ${data.days.length} days`}
                days={stackedDays(data)}
                selected={day}
                onSelect={(next) => onDay(next === day ? undefined : next)}
              />
              <Legend history={data} day={day} />
            </div>
          )}
          <p className="meta border-t border-line px-3 py-2 text-fg-3">{data.detail}</p>
          <ChangeList history={data} day={day} />
        </>
      )}
    </Panel>
  );
}

/** Reasons with their colours, over all days or of the one that is selected. */
function Legend({ history, day }: { history: LossHistory; day: string | undefined }) {
  const chosen = history.days.find((one) => one.day === day);
  return (
    <ul aria-label="Reasons" className="mt-2 flex flex-wrap gap-x-4 gap-y-1 text-sm">
      {seriesOf(history).map(({ name, color }) => {
        const total = chosen
          ? partsOf(chosen, seriesOf(history)).find((part) => part.name === name)?.share
          : undefined;
        const times = history.reasons.find(({ reason }) => reason === name)?.count;
        return (
          <li key={name} title={reasonTitle(name)} className="flex items-center gap-1.25">
            <svg width="8" height="8" aria-hidden="true">
              <rect width="8" height="8" rx="1" fill={color} />
            </svg>
            <span className="font-mono">{name}</span>
            <span className="text-fg-3">
              {chosen ? percent(total ?? 0) : times === undefined ? '' : count(times)}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

/** Every day exactly; the newest first, as one looks for what changed. */
function DayTable({
  history,
  day,
  onDay,
}: {
  history: LossHistory;
  day: string | undefined;
  onDay: (day: string) => void;
}) {
  const series = seriesOf(history).slice(0, 5);
  const shown = history.days.filter(({ requests }) => requests > 0).reverse();
  return (
    <div className="max-h-96 overflow-auto">
      <Table
        label="Lost requests by day"
        className="min-w-[720px] [&_thead]:sticky [&_thead]:top-0 [&_thead]:z-10"
        columns={[88, 88, 96, 80, ...series.map(() => null)]}
        head={
          <>
            <Th>Day</Th>
            <Th right>Requests</Th>
            <Th right>{history.basis === 'explained' ? 'Explained' : 'Counted'}</Th>
            <Th right>Served</Th>
            {series.map(({ name }) => (
              <Th key={name} right>
                {name}
              </Th>
            ))}
          </>
        }
      >
        {shown.map((one) => (
          <Tr key={one.day} selected={one.day === day} onOpen={() => onDay(one.day)}>
            <Td>
              <button type="button" onClick={() => onDay(one.day)} className="hover:text-accent-text">
                {dayText(`${one.day}T00:00:00Z`, 'UTC')}
              </button>
            </Td>
            <Td right>{count(one.requests)}</Td>
            <Td right>{count(one.known)}</Td>
            <Td right>{one.known === 0 ? '·' : percent(one.servedShare)}</Td>
            {series.map(({ name }) => (
              <Td key={name} right>
                {one.known === 0
                  ? '·'
                  : percent(partsOf(one, seriesOf(history)).find((part) => part.name === name)?.share ?? 0)}
              </Td>
            ))}
          </Tr>
        ))}
      </Table>
    </div>
  );
}
