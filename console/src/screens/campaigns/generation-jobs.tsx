import { type GenerationJob, listGenerationJobs } from '@cuepoint/contract';
import { Link } from '@tanstack/react-router';
import { useRead } from '../../api.ts';
import { ShareBar } from '../../design/charts/small.tsx';
import { DateTime } from '../../design/date-time.tsx';
import { percent } from '../../design/format/number.ts';
import { Money } from '../../design/money.tsx';
import { Panel } from '../../design/panel.tsx';
import { SimulatedMark, Status } from '../../design/status.tsx';
import { generationWord } from '../../words.ts';

const running = (job: GenerationJob) => job.status !== 'completed' && job.status !== 'failed';

/** Generations of the campaign with their progress; nothing is shown when there were none. */
export function GenerationJobs({ campaignId }: { campaignId: string }) {
  const jobs = useRead(
    listGenerationJobs,
    { campaignId, limit: 20 },
    // Events announce the steps; asking now and then covers a line that is down.
    { everyMs: (found) => (found?.items.some(running) ? 2000 : false) },
  );
  const items = jobs.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <Panel title="Generations" meta={<span className="text-md">{items.length}</span>}>
      <ul>
        {items.map((job) => (
          <li
            key={job.id}
            className="flex min-h-11 items-center gap-3 border-b border-line px-3 py-1.5 last:border-0"
          >
            <span className="w-28 flex-none">
              <Status word={generationWord[job.status]} />
            </span>
            <div className="min-w-0 flex-1 leading-4.5" role={running(job) ? 'status' : undefined}>
              <div className="truncate">
                {job.failure ?? job.step} {job.simulated && <SimulatedMark />}
              </div>
              <div className="meta truncate text-fg-3">
                {job.durationMs / 1000} s, {job.placement.replaceAll('_', ' ')}, {job.generator}
              </div>
            </div>
            {running(job) ? (
              <span className="flex flex-none items-center gap-2">
                <ShareBar share={job.progress} width={92} fill="var(--accent-text)" />
                <span className="w-11 text-right">{percent(job.progress, 0)}</span>
              </span>
            ) : (
              <span className="meta flex-none text-right text-fg-3">
                <Money micros={job.costMicros} currency={job.currency} />
                <br />
                {job.finishedAt && <DateTime at={job.finishedAt} />}
              </span>
            )}
            {job.creativeId && (
              <Link
                to="/creatives/$creativeId"
                params={{ creativeId: job.creativeId }}
                className="link inline-flex min-h-6 flex-none items-center text-sm"
              >
                Open creative
              </Link>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
