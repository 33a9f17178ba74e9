import { expandMacros, type VastDocument } from '@cuepoint/vast';
import { useRef, useState } from 'react';
import { Checkbox } from '../../../design/choice.tsx';
import { Select } from '../../../design/field.tsx';
import { seconds } from '../../../design/format/number.ts';
import { Panel } from '../../../design/panel.tsx';
import { EmptyState } from '../../../design/states.tsx';
import { playableAds } from './playable.ts';
import { dueTrackers, type Tracker } from './trackers.ts';

interface LogLine {
  id: number;
  atMs: number;
  event: string;
  outcome: 'recorded' | 'sent' | 'not sent';
  detail: string;
}

/**
 * Plays the ad and writes down what a player would call, and when. Nothing is sent unless that is asked for: an
 * impression of ours is money.
 */
export function PlayerPanel({
  document,
  trackers,
}: {
  document: VastDocument;
  trackers: readonly Tracker[];
}) {
  const ads = playableAds(document, location.origin);
  const [chosen, setChosen] = useState(0);
  const [send, setSend] = useState(false);
  const [log, setLog] = useState<LogLine[]>([]);
  const position = useRef(-1);
  const serial = useRef(0);
  const ad = ads[Math.min(chosen, ads.length - 1)];
  const write = (line: Omit<LogLine, 'id'>) => {
    serial.current += 1;
    const id = serial.current;
    setLog((before) => [...before.slice(-199), { id, ...line }]);
  };
  const fire = (tracker: Tracker, atMs: number) => {
    const address = expandMacros(tracker.url, { ERRORCODE: '900' }, { missing: 'unknown' });
    const url = URL.parse(address, location.origin);
    if (!url)
      return write({ atMs, event: tracker.event, outcome: 'not sent', detail: `no address: ${address}` });
    if (!send) return write({ atMs, event: tracker.event, outcome: 'recorded', detail: url.href });
    if (url.origin !== location.origin)
      return write({
        atMs,
        event: tracker.event,
        outcome: 'not sent',
        detail: `another server: ${url.host}`,
      });
    write({ atMs, event: tracker.event, outcome: 'sent', detail: url.href });
    void fetch(url, { credentials: 'omit', keepalive: true }).catch(() =>
      write({ atMs, event: tracker.event, outcome: 'not sent', detail: 'the server did not answer' }),
    );
  };
  const advance = (untilMs: number) => {
    if (!ad || untilMs <= position.current) return;
    const own = trackers.filter((tracker) => tracker.adIndex === ad.adIndex);
    for (const tracker of dueTrackers(own, position.current, untilMs)) fire(tracker, untilMs);
    position.current = untilMs;
  };
  const simple = (event: string, atMs: number) => {
    for (const tracker of trackers) {
      if (tracker.adIndex === ad?.adIndex && tracker.owner === 'linear' && tracker.event === event)
        fire(tracker, atMs);
    }
  };
  const restart = (next: number) => {
    setChosen(next);
    setLog([]);
    position.current = -1;
  };
  return (
    <Panel
      title="Player"
      meta={ad && `${ad.type}, ${ad.width} × ${ad.height}`}
      bodyClassName="p-3"
      action={
        <>
          {ads.length > 1 && (
            <Select
              aria-label="Ad to play"
              className="w-40"
              value={chosen}
              onChange={(event) => restart(Number(event.target.value))}
            >
              {ads.map((one, at) => (
                <option key={one.adIndex} value={at}>
                  {one.title}
                </option>
              ))}
            </Select>
          )}
          <span className="flex items-center gap-1 text-sm">
            <Checkbox checked={send} onChange={setSend} label="Send events" />
            <span aria-hidden="true">Send events</span>
          </span>
        </>
      }
    >
      {!ad ? (
        <EmptyState title="Nothing to play">
          {document.ads.length === 0
            ? 'The document holds no ad.'
            : 'No ad has a media file on this server; files of others are not fetched.'}
        </EmptyState>
      ) : (
        <div className="flex flex-col gap-2">
          <video
            key={`${ad.adIndex} ${ad.url}`}
            src={ad.url}
            controls
            muted
            playsInline
            preload="metadata"
            aria-label={`Ad ${ad.title}`}
            className="aspect-video w-full rounded-md bg-sunken"
            onPlay={(event) => {
              if (position.current < 0) advance(0);
              else if (event.currentTarget.currentTime > 0)
                simple('resume', event.currentTarget.currentTime * 1000);
            }}
            onPause={(event) => {
              const { currentTime, ended } = event.currentTarget;
              if (!ended) simple('pause', currentTime * 1000);
            }}
            // A player that jumps does not fire what it jumped over.
            onSeeking={(event) => {
              if (position.current >= 0)
                position.current = Math.max(position.current, event.currentTarget.currentTime * 1000);
            }}
            onTimeUpdate={(event) => advance(event.currentTarget.currentTime * 1000)}
            onEnded={(event) => advance(Math.max(event.currentTarget.duration * 1000, ad.durationMs))}
            onError={() =>
              write({
                atMs: 0,
                event: 'error 400',
                outcome: 'recorded',
                detail: 'the media file did not load',
              })
            }
          />
          <p className="text-sm text-fg-3">
            {send
              ? 'Events are sent to this server and count: an impression is billed.'
              : 'Events are written down only; nothing is sent, nothing is counted.'}
          </p>
          <Log lines={log} />
        </div>
      )}
    </Panel>
  );
}

const outcomeClass = { recorded: 'text-fg-2', sent: 'text-ok', 'not sent': 'text-warn' } as const;

function Log({ lines }: { lines: readonly LogLine[] }) {
  return (
    <div
      role="log"
      aria-label="Events"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
      className="max-h-44 min-h-11 overflow-auto rounded-md border border-line bg-sunken px-2.5 py-1.5 font-mono text-sm leading-5"
    >
      {lines.length === 0 ? (
        <span className="text-fg-3">Play the ad to see its events.</span>
      ) : (
        lines.map((line) => (
          <div key={line.id} className="flex gap-3" title={line.detail}>
            <span className="w-18 flex-none text-right text-fg-3">{seconds(line.atMs)}</span>
            <span className="w-30 flex-none">{line.event}</span>
            <span className={`w-18 flex-none ${outcomeClass[line.outcome]}`}>{line.outcome}</span>
            <span className="truncate text-fg-3">{line.detail}</span>
          </div>
        ))
      )}
    </div>
  );
}
