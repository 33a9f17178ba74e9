import { type DeliveryNodeHealth, getDeliveryHealth } from '@cuepoint/contract';
import { RefreshCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { useRead } from '../../api.ts';
import { Button } from '../../design/button.tsx';
import { DateTime } from '../../design/date-time.tsx';
import { span } from '../../design/format/date.ts';
import { bytes, count, percent } from '../../design/format/number.ts';
import { Note } from '../../design/note.tsx';
import { Facts, Panel } from '../../design/panel.tsx';
import { Skeleton } from '../../design/states.tsx';
import { Status } from '../../design/status.tsx';
import { ReadFailed } from '../../problem.tsx';
import { useCrumbs } from '../../shell/page-context.tsx';
import { invalidTrafficWord } from '../../words.ts';
import { Page } from '../page.tsx';
import { ingestionWord, lagText, nodeWord } from './words.ts';

const askEveryMs = 5000;

/** Each delivery node: does it serve, from what, is its log safe, and how far its events are counted. */
export function Health() {
  useCrumbs([{ label: 'Operate' }, { label: 'Health' }]);
  const health = useRead(getDeliveryHealth, {}, { everyMs: askEveryMs });
  const data = health.data;
  return (
    <Page
      title="Delivery health"
      beside={
        data &&
        (data.ok ? (
          <Status word="Ready" as="All is well" boxed />
        ) : (
          <Status word="Warning" as="Look below" boxed />
        ))
      }
      actions={
        <Button icon={RefreshCw} busy={health.isFetching && !data} onClick={() => void health.refetch()}>
          Ask again
        </Button>
      }
      sub={
        <>
          <span>
            Asked every five seconds; counts are of the whole installation, since each node started.
          </span>
          {data && (
            <span>
              Last answer <DateTime at={data.at} />
            </span>
          )}
        </>
      }
    >
      {health.error && !data ? (
        <ReadFailed what="Delivery health" error={health.error} onRetry={() => void health.refetch()} />
      ) : !data ? (
        <Skeleton rows={8} />
      ) : (
        <>
          {health.error && (
            <Note tone="warn" title="This is an old answer.">
              The server did not answer the last time it was asked.
            </Note>
          )}
          {data.nodes.map((node) => (
            <NodePanel key={node.node ?? 'nameless'} node={node} />
          ))}
        </>
      )}
    </Page>
  );
}

const none = <span className="text-fg-3">not known</span>;
/** Of the last seconds, so none when there was nothing to measure. */
const ms = (value: number | null) =>
  value === null ? <span className="text-fg-3">none lately</span> : `${value.toFixed(2)} ms`;

const when = (at: string | null) => (at === null ? none : <DateTime at={at} />);

function NodePanel({ node }: { node: DeliveryNodeHealth }) {
  const { serving, snapshot, log, events, budgets, redis, ingestion } = node;
  return (
    <Panel
      title={node.node ?? 'Delivery node'}
      meta={<Status word={nodeWord[node.state].status} as={nodeWord[node.state].text} />}
      action={
        node.startedAt && (
          <span className="meta text-fg-3">
            Started <DateTime at={node.startedAt} />
          </span>
        )
      }
    >
      {node.problems.length > 0 && (
        <ul className="flex flex-col gap-1.5 border-b border-line p-3" aria-label="Problems">
          {node.problems.map((problem) => (
            <li key={problem}>
              <Note tone={node.state === 'ready' ? 'warn' : 'block'}>{problem}</Note>
            </li>
          ))}
        </ul>
      )}
      <div className="grid grid-cols-4 gap-x-6 gap-y-4 p-3 max-wide:grid-cols-2">
        <Part title="Serving">
          {serving ? (
            <Facts
              items={[
                ['Requests', `${serving.requestsPerSecond.toFixed(1)} a second`],
                ['p50', ms(serving.p50Ms)],
                ['p99', ms(serving.p99Ms)],
                ['Fill', serving.fillRate === null ? 'no request yet' : percent(serving.fillRate)],
                ['Since start', `${count(serving.requests)} requests`],
              ]}
            />
          ) : (
            none
          )}
        </Part>
        <Part title="Snapshot">
          {snapshot ? (
            <Facts
              items={[
                ['Hash', snapshot.hash?.slice(0, 12) ?? none],
                ['Built', when(snapshot.builtAt)],
                [
                  'Confirmed',
                  snapshot.confirmedSeconds === null
                    ? 'never since the start'
                    : `${span(snapshot.confirmedSeconds * 1000)} ago`,
                ],
                ['Refused', count(snapshot.refused)],
              ]}
            />
          ) : (
            none
          )}
        </Part>
        <Part title="Log">
          {log ? (
            <Facts
              items={[
                [
                  'Durable to',
                  `segment ${log.durableThrough.segment}, byte ${count(log.durableThrough.offset)}`,
                ],
                [
                  'Kept',
                  `${count(log.segments)} ${log.segments === 1 ? 'segment' : 'segments'}, ${bytes(log.keptBytes)}`,
                ],
                [
                  'Open segment',
                  <>
                    {bytes(log.openBytes)}
                    {log.openSince && `, ${span(Date.now() - Date.parse(log.openSince))} old`}
                  </>,
                ],
                ['Waiting', bytes(log.queuedBytes)],
                ['Records dropped', count(log.droppedRecords)],
                ['Acknowledged', log.sync === 'fsync' ? 'after fdatasync' : 'after the write (relaxed)'],
                ['Commit p50', ms(log.commitP50Ms)],
                ['Commit p99', ms(log.commitP99Ms)],
              ]}
            />
          ) : (
            none
          )}
        </Part>
        <Part
          title="Counting"
          aside={
            <Status word={ingestionWord[ingestion.state].status} as={ingestionWord[ingestion.state].text} />
          }
        >
          <Facts
            items={[
              [
                'Counted to',
                ingestion.through
                  ? `segment ${ingestion.through.segment}, byte ${count(ingestion.through.offset)}`
                  : 'nothing so far',
              ],
              ['Newest counted', when(ingestion.throughAt)],
              ['Waiting', lagText(ingestion) ?? none],
              [
                'Oldest waiting',
                ingestion.lagSeconds === null ? none : `${ingestion.lagSeconds.toFixed(1)} s`,
              ],
              ...(ingestion.failure
                ? [
                    [
                      'Failure',
                      <span key="failure" className="whitespace-normal text-block">
                        {ingestion.failure}
                      </span>,
                    ] as const,
                  ]
                : []),
            ]}
          />
        </Part>
      </div>
      {budgets && (
        <div className="border-t border-line p-3">
          <h3 className="mb-1.5 !text-sm">Shared budgets</h3>
          <Facts
            className="!grid-cols-[auto_minmax(0,1fr)_auto_minmax(0,1fr)_auto_minmax(0,1fr)] max-wide:!grid-cols-[auto_minmax(0,1fr)]"
            items={[
              ['Lent', budgets.isLent ? 'yes' : 'nothing now'],
              ['Shared by', `${count(budgets.nodes)} ${budgets.nodes === 1 ? 'node' : 'nodes'}`],
              ['Without an answer', `${count(budgets.failures)} questions`],
            ]}
          />
        </div>
      )}
      {redis && (
        <div className="border-t border-line p-3">
          <h3 className="mb-1.5 !text-sm">Redis</h3>
          <Facts
            className="!grid-cols-[auto_minmax(0,1fr)_auto_minmax(0,1fr)_auto_minmax(0,1fr)] max-wide:!grid-cols-[auto_minmax(0,1fr)]"
            items={[
              [
                redis.kind === 'cluster' ? 'Cluster' : 'Server',
                redis.isHere ? 'answers' : `away for ${count(Math.round(redis.awaySeconds ?? 0))} s`,
              ],
              ['Without an answer', `${count(redis.failures)} questions`],
              ['Exposures to be told', count(redis.unwrittenExposures)],
            ]}
          />
        </div>
      )}
      {events && (
        <div className="border-t border-line p-3">
          <h3 className="mb-1.5 !text-sm">Events since the start</h3>
          <Facts
            className="!grid-cols-[auto_minmax(0,1fr)_auto_minmax(0,1fr)_auto_minmax(0,1fr)] max-wide:!grid-cols-[auto_minmax(0,1fr)]"
            items={[
              ['Acknowledged', count(events.acknowledged)],
              ['Seen before', count(events.duplicates)],
              ['Refused', count(events.refused)],
              ['Clicks without a record', count(events.clicksUnrecorded)],
              ['Invalid', named(events.invalid)],
              ['Addresses refused', named(events.linksRefused)],
            ]}
          />
        </div>
      )}
    </Panel>
  );
}

function Part({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section aria-label={title} className="min-w-0">
      <div className="mb-1.5 flex items-center gap-2">
        <h3 className="!text-sm">{title}</h3>
        {aside}
      </div>
      {children}
    </section>
  );
}

function named(list: readonly { name: string; count: number }[]): string {
  if (list.length === 0) return '0';
  return list
    .map(({ name, count: times }) => `${count(times)} ${(invalidTrafficWord[name] ?? name).toLowerCase()}`)
    .join(' · ');
}
