import { type Creative, type Deployment, trafficCreative } from '@cuepoint/contract';
import { Eye, Rocket } from 'lucide-react';
import { useState } from 'react';
import { useChange } from '../../api.ts';
import { Button } from '../../design/button.tsx';
import { Drawer } from '../../design/drawer.tsx';
import { Note } from '../../design/note.tsx';
import { Panel } from '../../design/panel.tsx';
import { SimulatedMark, Status } from '../../design/status.tsx';
import { useToast } from '../../design/toast.tsx';
import { Problem } from '../../problem.tsx';
import { deploymentWord, verdictWord } from '../../words.ts';

const live = new Set(['queued', 'deploying', 'waiting', 'in_review', 'approved']);

/** What each destination's pack says of the file, what was sent, and sending it. */
export function DestinationsPanel({
  creative,
  deployments,
  mayTraffic,
  onOpen,
}: {
  creative: Creative;
  deployments: readonly Deployment[] | undefined;
  mayTraffic: boolean;
  onOpen: (deploymentId: string) => void;
}) {
  const toast = useToast();
  const [planned, setPlanned] = useState(false);
  const input = { creativeId: creative.id, dsp: ['amazon' as const] };
  const send = useChange(trafficCreative, ({ results }) => {
    if (results.every((result) => result.ok))
      toast({ tone: 'info', text: 'Sent to Amazon DSP; its review is followed' });
  });
  const plan = useChange(trafficCreative, () => setPlanned(true));
  const packs = creative.qc?.packs ?? [];
  const sent = deployments?.find((deployment) => deployment.dsp === 'amazon' && live.has(deployment.status));
  const approved = creative.approval === 'approved' || creative.approval === 'trafficked';
  const why = !approved
    ? 'the creative is not approved.'
    : sent
      ? 'it is already there; open its deployment above.'
      : !mayTraffic
        ? 'your role may not traffic.'
        : null;
  const refused = send.data?.results.filter((result) => !result.ok) ?? [];
  return (
    <Panel
      title="Destinations"
      meta={packs.length > 0 ? <span className="text-md">{packs.length}</span> : undefined}
    >
      {packs.length === 0 ? (
        <p className="p-3 text-fg-2">Checked as soon as the file is measured.</p>
      ) : (
        <ul className="px-3 py-1.5">
          {packs.map((pack) => (
            <li key={pack.packId} className="flex h-6 items-center gap-2 text-sm">
              <span
                className="min-w-0 flex-1 truncate"
                title={`${pack.packName}, ${pack.packVersion}, ${pack.source}`}
              >
                {pack.packName}
              </span>
              <Status word={verdictWord[pack.verdict]} as={pack.verdict === 'pass' ? 'Fits' : undefined} />
            </li>
          ))}
        </ul>
      )}
      <div className="border-t border-line p-3">
        {deployments && deployments.length > 0 && (
          <ul className="mb-2">
            {deployments.map((deployment) => (
              <li key={deployment.id} className="flex min-h-7 items-center gap-2">
                <button
                  type="button"
                  onClick={() => onOpen(deployment.id)}
                  className="link min-h-6 truncate"
                  title="Open the attempts"
                >
                  {deployment.dspName}
                </button>
                {deployment.simulated && <SimulatedMark />}
                <span className="ml-auto">
                  <Status word={deploymentWord[deployment.status]} />
                </span>
              </li>
            ))}
          </ul>
        )}
        <div className="flex flex-wrap gap-2">
          <Button
            size="sm"
            icon={Rocket}
            busy={send.isPending}
            disabled={why !== null}
            aria-describedby={why ? 'why-traffic' : undefined}
            onClick={() => send.mutate({ input })}
          >
            Send to Amazon DSP
          </Button>
          {approved && mayTraffic && !sent && (
            <Button
              size="sm"
              look="quiet"
              icon={Eye}
              busy={plan.isPending}
              onClick={() => plan.mutate({ input, options: { dryRun: true } })}
            >
              Preview requests
            </Button>
          )}
        </div>
        {why && (
          <p id="why-traffic" className="mt-1.5 text-sm text-fg-3">
            Sending is off: {why}
          </p>
        )}
        {refused.map((result) => (
          <Note
            key={result.dsp}
            tone="block"
            live
            title={`${result.problem?.title ?? 'Refused'}.`}
            className="mt-2 text-sm"
          >
            {result.problem?.detail} {result.problem?.remedy}
          </Note>
        ))}
        {(send.error ?? plan.error) && <Problem error={send.error ?? plan.error!} className="mt-2" />}
      </div>
      <Drawer open={planned} onClose={() => setPlanned(false)} title={<h2>Requests that would be sent</h2>}>
        <p className="mb-3 text-fg-2">A dry run: nothing has left this server.</p>
        {plan.data?.results.map((result) => (
          <ol key={result.dsp} className="flex flex-col gap-3">
            {result.problem && (
              <li>
                <Note tone="block" title={`${result.problem.title}.`}>
                  {result.problem.detail}
                </Note>
              </li>
            )}
            {result.plan.map((request, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: an ordered plan; a step may occur twice
              <li key={at}>
                <div className="mb-1">
                  <b className="font-medium">
                    {at + 1}. {request.step}
                  </b>{' '}
                  <span className="font-mono text-sm text-fg-3">
                    {request.method} {request.path}
                  </span>
                </div>
                <pre
                  // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
                  tabIndex={0}
                  className="max-h-70 overflow-auto rounded-md border border-line bg-sunken px-3 py-2 text-sm leading-4.5 text-fg-2"
                >
                  {JSON.stringify(request.body, null, 2)}
                </pre>
              </li>
            ))}
          </ol>
        ))}
      </Drawer>
    </Panel>
  );
}
