import { count, percent } from '../../design/format/number.ts';
import { Note } from '../../design/note.tsx';
import { Status } from '../../design/status.tsx';
import { MOST_ROWS, ratesOf, type TailState } from './tail-state.ts';

const perSecond = (rate: number) => (rate < 10 ? rate.toFixed(1) : count(rate));

/** Whether it follows, how much comes, and how much of it is on the screen. Not spoken: it changes every second. */
export function TailRates({ state, isOpen }: { state: TailState; isOpen: boolean }) {
  const rates = ratesOf(state);
  const away = state.sources.some((one) => one.state === 'unavailable');
  const word = !isOpen ? (
    <Status word="Waiting" as="Connecting" boxed />
  ) : state.paused ? (
    <Status word="Paused" boxed />
  ) : away ? (
    <Status word="Degraded" as="A node is away" boxed />
  ) : (
    <Status word="Live" as="Following" boxed />
  );
  return (
    <>
      {word}
      {rates && (
        <span className="meta text-fg-3 [&_b]:font-medium [&_b]:text-fg-2">
          <b>{perSecond(rates.seen)}</b> records/s, <b>{perSecond(rates.matched)}</b> match,{' '}
          {rates.share >= 1 ? (
            'all shown'
          ) : (
            <span className="text-warn">
              a sample of {percent(rates.share)} shown ({perSecond(rates.shown)}/s)
            </span>
          )}
        </span>
      )}
    </>
  );
}

/** What the reader must know about what is not there: pausing, gaps, a node that does not answer. */
export function TailNote({ state, isOpen }: { state: TailState; isOpen: boolean }) {
  const away = state.sources.filter((one) => one.state === 'unavailable');
  return (
    <>
      {state.paused && (
        <Note tone="info" title="Paused.">
          {state.heldMatched === 0
            ? 'Nothing has come since.'
            : `${count(state.heldMatched)} ${state.heldMatched === 1 ? 'record has' : 'records have'} come since; ${
                state.held.length === state.heldMatched
                  ? 'all are'
                  : `the newest ${count(Math.min(state.held.length, MOST_ROWS))} are`
              } shown on resume.`}
        </Note>
      )}
      {isOpen && away.length > 0 && (
        <Note tone="warn" title="A node cannot be read." live>
          {away.map(({ node, detail }) => `${node ?? 'Delivery node'}: ${detail}`).join('; ')}. Ads may be
          served meanwhile; the tail goes on by itself.
        </Note>
      )}
      {state.gaps.length > 0 && (
        <Note tone="warn" title="There are gaps.">
          {state.gaps.at(-1)!.node}: {state.gaps.at(-1)!.detail}.
        </Note>
      )}
    </>
  );
}
