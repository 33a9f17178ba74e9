import { listReportRuns, type ReportRun, type ReportSchedule, retryReportRun } from '@cuepoint/contract';
import { Download, RotateCcw } from 'lucide-react';
import { useChange, useRead } from '../../api.ts';
import { Button, buttonClass } from '../../design/button.tsx';
import { Drawer } from '../../design/drawer.tsx';
import { dayTime, zoneName } from '../../design/format/date.ts';
import { count } from '../../design/format/number.ts';
import { Icon } from '../../design/icon.tsx';
import { IdChip } from '../../design/id-chip.tsx';
import { EmptyState, Skeleton } from '../../design/states.tsx';
import { Status } from '../../design/status.tsx';
import { Problem, ReadFailed } from '../../problem.tsx';
import { runWords } from './words.ts';

/** What a schedule has sent: each run with its file, its attempts, and why it failed. */
export function RunsDrawer({
  schedule,
  mayWrite,
  onClose,
}: {
  schedule: ReportSchedule;
  mayWrite: boolean;
  onClose: () => void;
}) {
  const runs = useRead(
    listReportRuns,
    { reportScheduleId: schedule.id, limit: 30 },
    {
      everyMs: (page) =>
        page?.items.some(({ status }) => status !== 'sent' && status !== 'failed') ? 3000 : false,
    },
  );
  const retry = useChange(retryReportRun);
  return (
    <Drawer
      open
      onClose={onClose}
      title={`Runs of ${schedule.reportViewName}`}
      meta={runs.data && <span className="meta text-fg-3">{count(runs.data.total)}</span>}
    >
      {runs.error && !runs.data ? (
        <ReadFailed what="The runs" error={runs.error} onRetry={() => void runs.refetch()} />
      ) : !runs.data ? (
        <Skeleton rows={4} />
      ) : runs.data.items.length === 0 ? (
        <EmptyState title="No run yet">It runs by itself at its next time, or now from the list.</EmptyState>
      ) : (
        <ol className="flex flex-col">
          {runs.data.items.map((run) => (
            <RunItem
              key={run.id}
              run={run}
              zone={schedule.timeZone}
              onRetry={mayWrite ? () => retry.mutate({ input: { reportRunId: run.id } }) : undefined}
            />
          ))}
        </ol>
      )}
      {retry.error && <Problem error={retry.error} />}
    </Drawer>
  );
}

function RunItem({
  run,
  zone,
  onRetry,
}: {
  run: ReportRun;
  zone: string;
  onRetry: (() => void) | undefined;
}) {
  const { file, attempts, problem, status } = run;
  return (
    <li className="flex flex-col gap-1 border-b border-line py-2.5 text-sm last:border-b-0">
      <div className="flex items-center gap-2">
        <Status word={runWords[status]} />
        <span className="font-medium">
          {dayTime(run.scheduledFor, zone)} {zoneName(zone)}
        </span>
        <span className="text-fg-3">{run.trigger === 'manual' ? 'run by hand' : 'on time'}</span>
        <span className="ml-auto flex gap-1">
          {status === 'failed' && onRetry && (
            <Button size="sm" icon={RotateCcw} onClick={onRetry}>
              Try again
            </Button>
          )}
          {file && (
            <a
              className={buttonClass('secondary', 'sm')}
              href={`/api/v1/reports/runs/${run.id}/file?download=true`}
              download
              aria-label={`Download ${file.name}`}
            >
              <Icon of={Download} />
              {run.format.toUpperCase()}
            </a>
          )}
        </span>
      </div>
      {file && (
        <p className="text-fg-2">
          {file.from === file.to ? file.to : `${file.from} to ${file.to}`}, {count(file.rows)} rows
        </p>
      )}
      {file?.missing && <p className="text-warn">Not everything was counted: {file.missing}.</p>}
      {run.missedRuns > 0 && (
        <p className="text-fg-2">Stands for {count(run.missedRuns)} earlier runs that were missed.</p>
      )}
      {problem && <p className={status === 'failed' ? 'text-block' : 'text-fg-2'}>{problem}</p>}
      {attempts.length > 1 && (
        <p className="text-fg-3">
          {attempts.length} attempts: {attempts.map(({ outcome }) => outcome ?? 'under way').join(', ')}
          {run.nextAttemptAt && `; next ${dayTime(run.nextAttemptAt, zone)}`}
        </p>
      )}
      <IdChip id={run.id} what="run id" />
    </li>
  );
}
