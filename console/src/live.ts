import { queries } from './api.ts';

/** Modules whose reads change with a kind of event. An event not named here touches everything. */
const modulesOf: Record<string, readonly string[]> = {
  'campaign.changed': ['campaigns', 'reporting', 'creatives', 'trafficking', 'accounts'],
  'line_item.changed': ['campaigns', 'reporting', 'accounts'],
  'creative.changed': ['creatives', 'campaigns', 'reporting', 'accounts'],
  'generation.changed': ['studio', 'creatives'],
  'deployment.changed': ['trafficking', 'creatives', 'reporting', 'accounts'],
  'governance.changed': ['governance', 'campaigns'],
  'events.ingested': ['reporting', 'campaigns', 'system'],
  'demo.changed': [],
};

/** Modules to ask again for an event; 'all' when it is unknown or touches everything. */
export function modulesFor(type: string): readonly string[] | 'all' {
  const modules = modulesOf[type];
  return modules && modules.length > 0 ? modules : 'all';
}

/** The type of an event, from its data or from its name on the wire. */
export function eventType(name: string, data: string): string {
  try {
    const parsed: unknown = JSON.parse(data);
    if (typeof parsed === 'object' && parsed !== null && 'type' in parsed && typeof parsed.type === 'string') {
      return parsed.type;
    }
  } catch {
    // Not ours to understand; the name decides.
  }
  return name;
}

/** Events come in bursts while a log is ingested; screens are asked again at most this often. */
const settleMs = 400;

/**
 * One subscription for the whole console. An event only says that something
 * changed; the reads that show it are asked again.
 * @returns a function that ends the subscription
 */
export function subscribeLive(onReachable: (reachable: boolean) => void): () => void {
  const source = new EventSource('/api/v1/live', { withCredentials: true });
  const waiting = new Set<string>();
  let all = false;
  let opened = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    timer = undefined;
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
    timer ??= setTimeout(flush, settleMs);
  };
  const onEvent = (event: MessageEvent<string>) => touch(modulesFor(eventType(event.type, event.data)));
  source.onmessage = onEvent;
  for (const name of Object.keys(modulesOf)) source.addEventListener(name, onEvent);
  source.onopen = () => {
    onReachable(true);
    // What happened while the line was down is unknown.
    if (opened) touch('all');
    opened = true;
  };
  source.onerror = () => onReachable(false);
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
