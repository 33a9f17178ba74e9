import { queries } from './api.ts';

/** Modules whose reads change with a kind of event. An event not named here touches everything. */
const modulesOf: Record<string, readonly string[]> = {
  'campaign.changed': ['campaigns', 'reporting', 'creatives', 'trafficking', 'accounts'],
  'line_item.changed': ['campaigns', 'reporting', 'accounts'],
  'creative.changed': ['creatives', 'campaigns', 'reporting', 'accounts'],
  'generation.changed': ['studio', 'creatives'],
  'deployment.changed': ['trafficking', 'creatives', 'reporting', 'accounts'],
  'governance.changed': ['governance', 'campaigns'],
  'inventory.changed': ['inventory'],
  'events.ingested': ['reporting', 'campaigns', 'system'],
  'report_view.changed': ['reporting', 'accounts'],
  'report_schedule.changed': ['reporting', 'accounts'],
  'report_run.changed': ['reporting', 'accounts'],
  'demo.changed': [],
};

/** Modules to ask again for an event; 'all' when it is unknown or touches everything. */
export function modulesFor(type: string): readonly string[] | 'all' {
  const modules = modulesOf[type];
  return modules && modules.length > 0 ? modules : 'all';
}

/** The type of an event, from its data; empty when it is not understood. */
export function eventType(data: string): string {
  try {
    const parsed: unknown = JSON.parse(data);
    if (
      typeof parsed === 'object' &&
      parsed !== null &&
      'type' in parsed &&
      typeof parsed.type === 'string'
    ) {
      return parsed.type;
    }
  } catch {
    // What cannot be read touches everything; see modulesFor.
  }
  return '';
}

/** Events come in bursts while a log is ingested; screens are asked again at most this often. */
const settleMs = 400;

/** A browser gives up for good when an answer is no stream, as while the control plane restarts; we do not. */
const reconnectMs = 3000;

/**
 * One subscription for the whole console. An event only says that something
 * changed; the reads that show it are asked again.
 * @returns a function that ends the subscription
 */
export function subscribeLive(onReachable: (reachable: boolean) => void): () => void {
  const waiting = new Set<string>();
  let all = false;
  let opened = false;
  let ended = false;
  let settle: ReturnType<typeof setTimeout> | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  let source: EventSource | undefined;
  const flush = () => {
    settle = undefined;
    const modules = new Set(waiting);
    const everything = all;
    waiting.clear();
    all = false;
    void queries.invalidateQueries({
      predicate: (query) => everything || modules.has(String(query.queryKey[0])),
    });
  };
  const touch = (modules: readonly string[] | 'all') => {
    if (modules === 'all') all = true;
    else for (const module of modules) waiting.add(module);
    settle ??= setTimeout(flush, settleMs);
  };
  const connect = () => {
    const line = new EventSource('/api/v1/live');
    source = line;
    line.addEventListener('change', (event: MessageEvent<string>) =>
      touch(modulesFor(eventType(event.data))),
    );
    line.onopen = () => {
      onReachable(true);
      // What happened while the line was down is unknown.
      if (opened) touch('all');
      opened = true;
    };
    line.onerror = () => {
      onReachable(false);
      if (line.readyState === EventSource.CLOSED && !ended) again = setTimeout(connect, reconnectMs);
    };
  };
  // A browser has six connections to a server for all its tabs: those nobody looks at must not hold one each.
  const onVisibility = () => {
    clearTimeout(again);
    source?.close();
    if (!document.hidden) connect();
  };
  document.addEventListener('visibilitychange', onVisibility);
  if (!document.hidden) connect();
  return () => {
    ended = true;
    document.removeEventListener('visibilitychange', onVisibility);
    clearTimeout(settle);
    clearTimeout(again);
    source?.close();
  };
}
