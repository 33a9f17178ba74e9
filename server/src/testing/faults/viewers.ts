import { call, postJson } from '../../skins/delivery/testing/call.ts';
import { paused } from './parts.ts';

/** Decision and event of one ad of a single-ad answer: what an event is told apart by. */
export type EventId = string;

export interface Viewers {
  /** Answered 200. */
  readonly acknowledged: ReadonlySet<EventId>;
  /** Ever sent: nothing else may be counted. */
  readonly sent: ReadonlySet<EventId>;
  readonly ads: number;
  readonly unanswered: number;
  /** Lets every viewer finish what it is at. */
  stop(): Promise<void>;
}

export interface Load {
  /** Public ports of the nodes. */
  readonly ports: readonly number[];
  readonly placement: string;
  readonly viewers: number;
  readonly random: () => number;
  /** Its ads are reported where they were decided, until that node is back: a load balancer keeps a viewer there. */
  readonly cappedLineItemId: string;
}

interface Ad {
  readonly decisionId: string;
  readonly lineItemId: string;
  readonly port: number;
  readonly tracking: Readonly<Record<string, string>>;
}

const EVENTS = ['impression', 'start', 'firstQuartile', 'midpoint', 'thirdQuartile', 'complete'];

/** Viewers that ask for ads and report them, out of order, twice, at another node, by pixel and as JSON, until stopped. */
export function startViewers(load: Load): Viewers {
  const acknowledged = new Set<EventId>();
  const sent = new Set<EventId>();
  const counts = { ads: 0, unanswered: 0 };
  let isOver = false;
  const { random } = load;
  const below = (limit: number) => Math.floor(random() * limit);

  const ask = async (viewer: number): Promise<Ad | null> => {
    const port = load.ports[below(load.ports.length)]!;
    const answer = await postJson(port, '/api/v1/ad-request', {
      request_id: `v${viewer}`,
      duration: 30,
      placement: load.placement,
      ifa: `00000000-0000-4000-8000-${String(viewer).padStart(12, '0')}`,
      country: 'US',
    });
    const ad = answer.json<{ decision_id: string; tracking?: Record<string, string> }>();
    if (!ad.tracking) return null;
    const token = ad.tracking.impression!.split('/').at(-1)!.split('.');
    return { decisionId: ad.decision_id, lineItemId: token[5]!, port, tracking: ad.tracking };
  };

  const report = async (ad: Ad, event: string, port: number): Promise<boolean> => {
    const address = ad.tracking[event];
    if (address === undefined) return true;
    const path = new URL(address).pathname;
    const id = `${ad.decisionId} ${event}`;
    sent.add(id);
    const answer =
      event === 'impression' && random() < 0.3
        ? postJson(port, '/api/v1/impression', { token: address })
        : call(port, path);
    const status = await answer.then(
      (got) => got.status,
      () => 0,
    );
    if (status === 200) acknowledged.add(id);
    else counts.unanswered++;
    return status === 200;
  };

  const play = async (ad: Ad): Promise<void> => {
    const events = EVENTS.filter(() => random() < 0.6);
    if (random() < 0.9 && !events.includes('impression')) events.unshift('impression');
    if (random() < 0.2) events.reverse();
    if (random() < 0.2) events.push(events[0] ?? 'impression');
    const isKept = ad.lineItemId === load.cappedLineItemId;
    for (const event of events) {
      const port = isKept || random() < 0.85 ? ad.port : load.ports[below(load.ports.length)]!;
      const isDone = await report(ad, event, port);
      if (isDone) continue;
      await paused(20 + below(80));
      // A player tries again, mostly; elsewhere when it may.
      if (random() < 0.7) await report(ad, event, isKept ? ad.port : load.ports[below(load.ports.length)]!);
    }
  };

  const view = async (viewer: number): Promise<void> => {
    while (!isOver) {
      // No ad: its node is down or cut off, and the viewer asks again.
      const ad = await ask(viewer).catch(() => undefined);
      if (ad) {
        counts.ads++;
        await play(ad);
      } else await paused(ad === null ? 10 : 40);
    }
  };

  const running = Promise.all(Array.from({ length: load.viewers }, (_, viewer) => view(viewer)));
  return {
    acknowledged,
    sent,
    get ads() {
      return counts.ads;
    },
    get unanswered() {
      return counts.unanswered;
    },
    async stop() {
      isOver = true;
      await running;
    },
  };
}
