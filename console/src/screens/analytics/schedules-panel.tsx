import {
  listReportSchedules,
  pauseReportSchedule,
  type ReportSchedule,
  type ReportView,
  resumeReportSchedule,
  runReportSchedule,
} from '@cuepoint/contract';
import { CalendarClock, History, Pause, Play, Plus, Send } from 'lucide-react';
import { useState } from 'react';
import { type ApiError, useChange, useRead } from '../../api.ts';
import { Button, IconButton } from '../../design/button.tsx';
import { dayTime, zoneName } from '../../design/format/date.ts';
import { Panel } from '../../design/panel.tsx';
import { EmptyState, Skeleton } from '../../design/states.tsx';
import { Status } from '../../design/status.tsx';
import { Table, Td, Th, Tr } from '../../design/table.tsx';
import { useToast } from '../../design/toast.tsx';
import { Problem, ReadFailed } from '../../problem.tsx';
import { RunsDrawer } from './runs-drawer.tsx';
import { ScheduleDrawer } from './schedule-drawer.tsx';
import { destinationWords, runWords, whenWord } from './words.ts';

/** Which saved views are sent, when next, and how the last run went. */
export function SchedulesPanel({ view, mayWrite }: { view: ReportView | undefined; mayWrite: boolean }) {
  const toast = useToast();
  const [editing, setEditing] = useState<ReportSchedule | 'new' | null>(null);
  const [runsOf, setRunsOf] = useState<ReportSchedule | null>(null);
  const schedules = useRead(
    listReportSchedules,
    { limit: 100 },
    // A run that is under way ends without somebody here doing anything.
    { everyMs: (page) => (page?.items.some(({ lastRun }) => isOpen(lastRun)) ? 3000 : false) },
  );
  const pause = useChange(pauseReportSchedule);
  const resume = useChange(resumeReportSchedule);
  const run = useChange(runReportSchedule, ({ reportViewName }) =>
    toast({ text: `${reportViewName} is being sent.` }),
  );
  const failed: ApiError | null = pause.error ?? resume.error ?? run.error;
  const items = schedules.data?.items ?? [];
  return (
    <Panel
      title="Schedules"
      meta="saved views sent as files"
      action={
        mayWrite && (
          <Button
            size="sm"
            icon={Plus}
            disabled={view === undefined || view.archived}
            title={view === undefined ? 'Choose or save a view first' : undefined}
            onClick={() => setEditing('new')}
          >
            Schedule
          </Button>
        )
      }
    >
      {schedules.error && !schedules.data ? (
        <ReadFailed what="The schedules" error={schedules.error} onRetry={() => void schedules.refetch()} />
      ) : !schedules.data ? (
        <Skeleton rows={2} />
      ) : items.length === 0 ? (
        <EmptyState icon={CalendarClock} title="Nothing is sent yet">
          {view === undefined
            ? 'Save this question as a view, then send it daily, weekly or monthly.'
            : `Send ${view.name} daily, weekly or monthly, by e-mail, webhook or to storage.`}
        </EmptyState>
      ) : (
        <Table
          label="Schedules"
          columns={[null, 124, { width: 138, wideOnly: true }, 152, 104, 104]}
          head={
            <>
              <Th>View</Th>
              <Th>When</Th>
              <Th wideOnly>To</Th>
              <Th>Next run</Th>
              <Th>Last run</Th>
              <Th right>
                <span className="sr-only">Actions</span>
              </Th>
            </>
          }
        >
          {items.map((schedule) => {
            const { id, reportViewName: name, status, nextRunAt, timeZone, lastRun } = schedule;
            const isPaused = status === 'paused';
            const byId = { input: { reportScheduleId: id } };
            return (
              <Tr key={id}>
                <Td title={name}>
                  {mayWrite ? (
                    <button
                      type="button"
                      className="max-w-full truncate rounded-md text-left font-medium hover:text-accent-text"
                      aria-label={`Change the schedule of ${name}`}
                      onClick={() => setEditing(schedule)}
                    >
                      {name}
                    </button>
                  ) : (
                    name
                  )}
                </Td>
                <Td>{whenWord(schedule)}</Td>
                <Td wideOnly title={targetOf(schedule)}>
                  {destinationWords[schedule.destination]}, {schedule.format.toUpperCase()}
                </Td>
                <Td>
                  {nextRunAt === null ? (
                    <Status word="Paused" />
                  ) : (
                    `${dayTime(nextRunAt, timeZone)} ${zoneName(timeZone)}`
                  )}
                </Td>
                <Td title={lastRun?.problem ?? undefined}>
                  {lastRun === null ? (
                    <span className="text-fg-3">none</span>
                  ) : (
                    <Status word={runWords[lastRun.status]} />
                  )}
                </Td>
                <Td right>
                  <span className="inline-flex gap-1">
                    {mayWrite && (
                      <>
                        <IconButton
                          icon={Send}
                          size="sm"
                          label={`Run ${name} now`}
                          onClick={() => run.mutate(byId)}
                        />
                        <IconButton
                          icon={isPaused ? Play : Pause}
                          size="sm"
                          label={isPaused ? `Resume ${name}` : `Pause ${name}`}
                          onClick={() => (isPaused ? resume : pause).mutate(byId)}
                        />
                      </>
                    )}
                    <IconButton
                      icon={History}
                      size="sm"
                      label={`Runs of ${name}`}
                      onClick={() => setRunsOf(schedule)}
                    />
                  </span>
                </Td>
              </Tr>
            );
          })}
        </Table>
      )}
      {failed && <Problem error={failed} className="m-3" />}
      {editing !== null && (
        <ScheduleDrawer
          key={editing === 'new' ? 'new' : editing.id}
          schedule={editing === 'new' ? null : editing}
          view={view}
          onClose={() => setEditing(null)}
        />
      )}
      {runsOf && <RunsDrawer schedule={runsOf} mayWrite={mayWrite} onClose={() => setRunsOf(null)} />}
    </Panel>
  );
}

const isOpen = (run: ReportSchedule['lastRun']) =>
  run !== null && (run.status === 'queued' || run.status === 'waiting' || run.status === 'sending');

function targetOf({ destination, recipients, webhookUrl }: ReportSchedule): string {
  if (destination === 'email') return recipients.join(', ');
  return destination === 'webhook' ? webhookUrl! : 'Storage of this server';
}
