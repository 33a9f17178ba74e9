import { type Attempt, cancelDeployment, getDeployment, retryDeployment } from '@cuepoint/contract';
import { Link } from '@tanstack/react-router';
import { Ban, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { useChange, useRead } from '../../api.ts';
import { Button } from '../../design/button.tsx';
import { DateTime } from '../../design/date-time.tsx';
import { Drawer } from '../../design/drawer.tsx';
import { IdChip } from '../../design/id-chip.tsx';
import { Note } from '../../design/note.tsx';
import { Facts } from '../../design/panel.tsx';
import { Skeleton } from '../../design/states.tsx';
import { SimulatedMark, Status } from '../../design/status.tsx';
import type { StatusWord } from '../../design/status-map.ts';
import { useToast } from '../../design/toast.tsx';
import { Problem, ReadFailed } from '../../problem.tsx';
import { deploymentWord } from '../../words.ts';
import { AttemptTimeline } from './timeline.tsx';

const outcomeWords: Record<Attempt['outcome'], { word: StatusWord; as: string }> = {
  ok: { word: 'Succeeded', as: 'Answered' },
  retry: { word: 'Waiting', as: 'Tried again' },
  ambiguous: { word: 'Warning', as: 'Unclear, reconciled' },
  permanent: { word: 'Failed', as: 'Refused' },
  found: { word: 'Succeeded', as: 'Found there' },
  not_found: { word: 'Info', as: 'Not there' },
};

const moving = new Set(['queued', 'deploying', 'waiting', 'in_review']);

/** One deployment with every attempt on a time line, and what was sent and answered. */
export function DeploymentDrawer({
  deploymentId,
  mayWrite,
  onClose,
}: {
  deploymentId: string;
  mayWrite: boolean;
  onClose: () => void;
}) {
  const toast = useToast();
  const deployment = useRead(
    getDeployment,
    { deploymentId },
    // Attempts come by event; asking covers a line that is down.
    { everyMs: (found) => (found && moving.has(found.status) ? 3000 : false) },
  );
  const data = deployment.data;
  const retry = useChange(retryDeployment, () =>
    toast({ tone: 'info', text: 'It is tried again from where it failed' }),
  );
  const cancel = useChange(cancelDeployment, () => toast({ text: 'The deployment is cancelled' }));
  const error = retry.error ?? cancel.error;
  const mayRetry = data?.status === 'failed' || data?.status === 'rejected';
  const mayCancel = data
    ? data.status === 'queued' || data.status === 'waiting' || data.status === 'deploying'
    : false;
  return (
    <Drawer
      open
      onClose={onClose}
      title={<h2 className="truncate">{data ? data.dspName : 'Deployment'}</h2>}
      meta={
        data && (
          <>
            <Status word={deploymentWord[data.status]} boxed />
            {data.simulated && <SimulatedMark boxed />}
          </>
        )
      }
      foot={
        data &&
        mayWrite &&
        (mayRetry || mayCancel) && (
          <>
            {mayRetry && (
              <Button
                icon={RotateCcw}
                busy={retry.isPending}
                onClick={() => retry.mutate({ input: { deploymentId } })}
              >
                Try again
              </Button>
            )}
            {mayCancel && (
              <Button
                look="danger"
                icon={Ban}
                busy={cancel.isPending}
                onClick={() => cancel.mutate({ input: { deploymentId } })}
              >
                Cancel
              </Button>
            )}
          </>
        )
      }
    >
      {deployment.error && !data ? (
        <ReadFailed
          what="The deployment"
          error={deployment.error}
          onRetry={() => void deployment.refetch()}
        />
      ) : !data ? (
        <Skeleton rows={6} />
      ) : (
        <div className="flex flex-col gap-4">
          <Facts
            items={[
              ['Deployment', <IdChip key="id" id={data.id} />],
              [
                'Creative',
                <Link
                  key="creative"
                  to="/creatives/$creativeId"
                  params={{ creativeId: data.creativeId }}
                  className="link inline-flex min-h-6 items-center"
                >
                  {data.creativeName}
                </Link>,
              ],
              ['Campaign', data.campaignName],
              ['Step', data.step],
              ...Object.entries(data.externalIds).map(
                ([kind, id]) =>
                  [
                    `Their ${kind.replaceAll('_', ' ')}`,
                    <IdChip key={kind} id={id} what={`external ${kind} id`} />,
                  ] as const,
              ),
              ['Sent', <DateTime key="sent" at={data.createdAt} />],
              ...(data.nextAttemptAt
                ? [['Next try', <DateTime key="next" at={data.nextAttemptAt} />] as const]
                : []),
            ]}
          />
          {data.failure && (
            <Note tone="block" title="It failed.">
              {data.failure}
            </Note>
          )}
          {data.reviewReasons.length > 0 && (
            <Note
              tone={data.status === 'rejected' ? 'block' : 'info'}
              title={data.status === 'rejected' ? 'Review feedback.' : 'Notes of the platform.'}
            >
              {data.reviewReasons.join(', ')} {data.simulated && <SimulatedMark worded />}
            </Note>
          )}
          {error && <Problem error={error} />}
          <section>
            <h3 className="mb-2">Attempts</h3>
            {data.attempts.length === 0 ? (
              <p className="text-fg-2">None yet; it is in the queue.</p>
            ) : (
              <>
                <AttemptTimeline attempts={data.attempts} />
                <ol className="mt-3">
                  {data.attempts.map((attempt) => (
                    <AttemptRow key={attempt.id} attempt={attempt} />
                  ))}
                </ol>
              </>
            )}
          </section>
        </div>
      )}
    </Drawer>
  );
}

function AttemptRow({ attempt }: { attempt: Attempt }) {
  const [open, setOpen] = useState(false);
  const outcome = outcomeWords[attempt.outcome];
  return (
    <li className="border-t border-line py-1.5">
      <button
        type="button"
        aria-expanded={open}
        onClick={() => setOpen((shown) => !shown)}
        className="grid w-full grid-cols-[20px_minmax(0,1fr)_auto] items-baseline gap-2 rounded-md text-left hover:bg-hover"
      >
        <span className="text-fg-3">{attempt.number}</span>
        <span className="min-w-0">
          <span className="block truncate">
            <b className="font-medium">{attempt.step}</b>{' '}
            <span className="text-fg-3">
              {attempt.method} {attempt.httpStatus ?? 'no answer'}, {Math.round(attempt.durationMs)} ms
            </span>
          </span>
          <span className="meta block text-fg-2">{attempt.detail}</span>
        </span>
        <Status word={outcome.word} as={outcome.as} />
      </button>
      {open && (
        <div className="mt-2 flex flex-col gap-2">
          <Facts
            items={[
              [
                'Address',
                <span key="url" className="font-mono break-all whitespace-normal">
                  {attempt.url}
                </span>,
              ],
              ['Started', <DateTime key="at" at={attempt.startedAt} />],
              ...(attempt.nextAttemptAt
                ? [['Waits until', <DateTime key="n" at={attempt.nextAttemptAt} />] as const]
                : []),
            ]}
          />
          <Payload title="Request" value={attempt.request} />
          <Payload title="Answer" value={attempt.response} simulated={attempt.simulated} />
        </div>
      )}
    </li>
  );
}

function Payload({ title, value, simulated }: { title: string; value: unknown; simulated?: boolean }) {
  if (value === null || value === undefined) return null;
  return (
    <figure>
      <figcaption className="mb-1 flex items-center gap-2 text-sm text-fg-3">
        {title} {simulated && <SimulatedMark worded />}
      </figcaption>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        className="max-h-60 overflow-auto rounded-md border border-line bg-sunken px-3 py-2 text-sm leading-4.5 text-fg-2"
      >
        {typeof value === 'string' ? value : JSON.stringify(value, null, 2)}
      </pre>
    </figure>
  );
}
