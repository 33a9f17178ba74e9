import { getDecisionTimeline, type LoggedDecision, type TimelineEvent } from '@cuepoint/contract';
import { Link } from '@tanstack/react-router';
import { Radio, SearchCheck, Terminal } from 'lucide-react';
import { useRead } from '../../api.ts';
import { reasonSentence } from '../../delivery-words.ts';
import { Button, buttonClass } from '../../design/button.tsx';
import { cx } from '../../design/cx.ts';
import { Drawer } from '../../design/drawer.tsx';
import { clock, longTime, ownZone, span } from '../../design/format/date.ts';
import { Icon } from '../../design/icon.tsx';
import { IdChip } from '../../design/id-chip.tsx';
import { Money } from '../../design/money.tsx';
import { Note } from '../../design/note.tsx';
import { Facts } from '../../design/panel.tsx';
import { Skeleton } from '../../design/states.tsx';
import { useCopy } from '../../design/use-copy.ts';
import { ReadFailed } from '../../problem.tsx';
import { curlOf } from './curl.ts';
import { RecordWord, remarksOf } from './record-words.tsx';

/** While most events still come, ms: later ones are there when it is opened again. */
const ASK_EVERY_MS = 5000;
const EVENTS_COME_MS = 15 * 60 * 1000;

interface Props {
  decisionId: string;
  nameOf: (id: string | null) => string;
  onOpen: (decisionId: string) => void;
  /** Shows the tail of this id alone. */
  onFollow: (id: string) => void;
  onClose: () => void;
}

/** Everything that happened of one decision, and of the viewing session around it. */
export function TimelineDrawer({ decisionId, nameOf, onOpen, onFollow, onClose }: Props) {
  const timeline = useRead(
    getDecisionTimeline,
    { decisionId },
    {
      keep: true,
      everyMs: (answer) =>
        answer?.decision && Date.now() - Date.parse(answer.decision.at) < EVENTS_COME_MS
          ? ASK_EVERY_MS
          : false,
    },
  );
  const { copied, copy } = useCopy();
  const data = timeline.data;
  const session = data?.session ?? null;
  const others = session?.decisions.filter((one) => one.decisionId !== data?.decisionId) ?? [];
  return (
    <Drawer
      open
      onClose={onClose}
      title="Timeline"
      meta={<IdChip id={decisionId} short={`${decisionId.slice(0, 16)}…`} what="decision id" />}
      foot={
        <>
          <Link to="/why" search={{ q: decisionId }} className={buttonClass('primary')}>
            <Icon of={SearchCheck} />
            Why this answer
          </Link>
          <Button
            icon={Terminal}
            onClick={() =>
              copy(
                curlOf(
                  location.origin,
                  `/api/v1/decision-timeline?decisionId=${encodeURIComponent(decisionId)}`,
                ),
              )
            }
          >
            {copied ? 'Copied' : 'Copy as curl'}
          </Button>
        </>
      }
    >
      {timeline.error && !data ? (
        <ReadFailed what="The timeline" error={timeline.error} onRetry={() => void timeline.refetch()} />
      ) : !data ? (
        <Skeleton rows={6} />
      ) : (
        <div className="flex flex-col gap-3">
          {data.decision && <Request decision={data.decision} nameOf={nameOf} />}
          <section aria-labelledby="timeline-events">
            <h3 id="timeline-events" className="mb-1.5">
              Events
            </h3>
            <Events
              events={data.events}
              from={data.decision?.at ?? data.events[0]?.at ?? ''}
              several={(data.decision?.ads.length ?? 1) > 1}
            />
          </section>
          {session && (
            <section aria-labelledby="timeline-session">
              <div className="mb-1.5 flex items-center gap-2">
                <h3 id="timeline-session">Viewing session</h3>
                <span className="meta text-fg-3">
                  {session.decisions.length} {session.decisions.length === 1 ? 'request' : 'requests'}
                </span>
                <Button size="sm" look="quiet" icon={Radio} onClick={() => onFollow(session.id)}>
                  Follow it
                </Button>
              </div>
              {others.length === 0 ? (
                <p className="text-fg-2">Nothing else is known of this session.</p>
              ) : (
                others.map((one) => (
                  <div key={one.decisionId} className="border-t border-line py-2">
                    <button
                      type="button"
                      onClick={() => onOpen(one.decisionId)}
                      className="mb-1 font-mono text-sm hover:text-accent-text"
                    >
                      {one.decisionId}
                    </button>
                    <Request decision={one} nameOf={nameOf} />
                    <Events
                      events={session.events.filter((event) => event.decisionId === one.decisionId)}
                      from={one.at}
                      several={one.ads.length > 1}
                    />
                  </div>
                ))
              )}
            </section>
          )}
          <Note tone={data.isWhole ? 'info' : 'warn'} className="text-sm">
            {data.detail}
          </Note>
        </div>
      )}
    </Drawer>
  );
}

function Request({ decision, nameOf }: { decision: LoggedDecision; nameOf: (id: string | null) => string }) {
  const zone = ownZone();
  return (
    <div className="mb-1">
      <Facts
        items={[
          ['Asked', `${longTime(decision.at, zone)}:${decision.at.slice(17, 23)}`],
          ['Placement', nameOf(decision.placementId)],
          ...(decision.requestId === '' ? [] : [['Request id', decision.requestId] as const]),
          [
            'Got',
            decision.reason === null
              ? `${decision.ads.length} ${decision.ads.length === 1 ? 'ad' : 'ads'}${decision.backups > 0 ? `, ${decision.backups} back-ups` : ''}`
              : `no ad: ${reasonSentence(decision.reason)}`,
          ],
        ]}
      />
      {decision.ads.length > 0 && (
        <ol className="mt-1.5 text-sm" aria-label="Ads">
          {decision.ads.map((ad) => (
            <li key={ad.position} className="flex gap-2 border-t border-line py-1">
              <span className="text-fg-3">{ad.position}</span>
              <Link
                to="/line-items/$lineItemId"
                params={{ lineItemId: ad.lineItemId }}
                className="min-w-0 truncate hover:text-accent-text"
              >
                {nameOf(ad.lineItemId)}
              </Link>
              <span className="ml-auto">
                <Money micros={ad.priceMicros} currency={ad.currency} />
              </span>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

const countedWords = { yes: '', no: 'not counted', not_yet: 'not counted yet' } as const;

/** Each event with how long after the request it came, and whether it is among what is reported. */
function Events({
  events,
  from,
  several,
}: {
  events: readonly TimelineEvent[];
  from: string;
  several: boolean;
}) {
  if (events.length === 0) return <p className="text-fg-2">No player has reported an event.</p>;
  const zone = ownZone();
  return (
    <ol className="text-sm" aria-label="Events of the decision">
      {events.map((event) => {
        const remarks = [remarksOf(event), countedWords[event.counted]].filter(Boolean).join(', ');
        return (
          <li
            key={`${event.node} ${event.segment} ${event.offset}`}
            className="grid grid-cols-[72px_minmax(0,1fr)_auto] gap-x-2 border-t border-line py-1"
          >
            <time dateTime={event.at} title={`${longTime(event.at, zone)} ${zone}`} className="text-fg-3">
              +{elapsed(event.at, from)}
            </time>
            <span className="min-w-0">
              <RecordWord
                name={event.event}
                bad={event.event === 'error'}
                quiet={event.counted === 'no' || event.invalid !== null}
              />
              {several && <span className="text-fg-3"> ad {event.position}</span>}
              {remarks && (
                <span className={cx('block', event.event === 'error' ? 'text-block' : 'text-fg-2')}>
                  {remarks}
                </span>
              )}
            </span>
            <span className="text-right">
              {event.spendMicros > 0 && event.currency !== null ? (
                <Money micros={event.spendMicros} currency={event.currency} />
              ) : (
                <span className="text-fg-3">{clock(event.at, zone, true)}</span>
              )}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

function elapsed(at: string, from: string): string {
  const ms = Date.parse(at) - Date.parse(from);
  return ms < 10_000 ? `${(ms / 1000).toFixed(2)} s` : span(ms);
}
