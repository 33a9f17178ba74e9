import { TAIL_RATE, TailRecord, TailStats } from '@cuepoint/contract';
import { useEffect, useReducer, useState } from 'react';
import { emptyTail, reduceTail } from './tail-state.ts';

/** How often what came is put on the screen, ms. */
const SHOW_EVERY_MS = 250;
/** A browser gives up for good when an answer is no stream, as while the server restarts. */
const RECONNECT_MS = 3000;

/** Follows the live tail with a filter; a tab that nobody looks at lets go, and goes on where it was. */
export function useTail(query: string) {
  const [state, dispatch] = useReducer(reduceTail, emptyTail);
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    let source: EventSource | undefined;
    let again: ReturnType<typeof setTimeout> | undefined;
    let lastId = '';
    let waiting: TailRecord[] = [];
    dispatch({ type: 'clear' });
    const connect = () => {
      const parts = new URLSearchParams(query);
      parts.set('rate', String(TAIL_RATE.usual));
      if (lastId !== '') parts.set('after', lastId);
      const line = new EventSource(`/api/v1/live/tail?${parts}`);
      source = line;
      line.addEventListener('record', (event: MessageEvent<string>) => {
        lastId = event.lastEventId;
        const parsed = TailRecord.safeParse(JSON.parse(event.data));
        if (parsed.success) waiting.push(parsed.data);
      });
      line.addEventListener('stats', (event: MessageEvent<string>) => {
        lastId = event.lastEventId;
        const parsed = TailStats.safeParse(JSON.parse(event.data));
        if (parsed.success) dispatch({ type: 'stats', stats: parsed.data });
      });
      line.onopen = () => setOpen(true);
      line.onerror = () => {
        setOpen(false);
        if (line.readyState === EventSource.CLOSED) again = setTimeout(connect, RECONNECT_MS);
      };
    };
    const show = setInterval(() => {
      if (waiting.length === 0) return;
      dispatch({ type: 'records', records: waiting });
      waiting = [];
    }, SHOW_EVERY_MS);
    const onVisibility = () => {
      clearTimeout(again);
      source?.close();
      setOpen(false);
      if (!document.hidden) connect();
    };
    document.addEventListener('visibilitychange', onVisibility);
    if (!document.hidden) connect();
    return () => {
      document.removeEventListener('visibilitychange', onVisibility);
      clearInterval(show);
      clearTimeout(again);
      source?.close();
    };
  }, [query]);
  return { state, isOpen, dispatch };
}
