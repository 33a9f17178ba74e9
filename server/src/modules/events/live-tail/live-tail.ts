import type { KeptLog } from '../ports.ts';
import { TailReader } from './reader.ts';
import { type TailRequest, TailSubscriber } from './subscriber.ts';

export interface LiveTailPorts {
  /** The logs of the delivery nodes. */
  logs: readonly KeptLog[];
  /** Pause after a log could not be read, ms. Default 1000. */
  retryMs?: number;
  /** Longest wait at a node for something new, whole seconds. Default 5. */
  waitSeconds?: number;
}

export interface TailSubscription {
  take: TailSubscriber['take'];
  stats(): ReturnType<TailSubscriber['stats']>;
  close(): void;
}

export interface LiveTail {
  /** Records of one account from now on, or on from where it left. The first one starts the reading, the last ends it. */
  subscribe(request: TailRequest): TailSubscription;
  /** How many listen. */
  readonly size: number;
  /** Answers when nothing is read any more. */
  stop(): Promise<void>;
}

/** One reader for each node, shared by all who listen: each gets what its account and filter want. */
export function createLiveTail({ logs, retryMs = 1000, waitSeconds = 5 }: LiveTailPorts): LiveTail {
  const subscribers = new Set<TailSubscriber>();
  let readers: TailReader[] = [];
  const ending = new Set<Promise<void>>();

  const rest = () => {
    for (const reader of readers) {
      const done = reader.stop().finally(() => ending.delete(done));
      ending.add(done);
    }
    readers = [];
  };

  return {
    get size() {
      return subscribers.size;
    },
    subscribe(request) {
      const subscriber = new TailSubscriber(request);
      subscribers.add(subscriber);
      if (readers.length === 0)
        readers = logs.map(
          (source) => new TailReader({ source, subscribers: () => subscribers, retryMs, waitSeconds }),
        );
      else if (subscriber.resume.size > 0) for (const reader of readers) reader.kick();
      return {
        take: () => subscriber.take(),
        stats: () => subscriber.stats(readers.map((reader) => reader.state)),
        close() {
          subscribers.delete(subscriber);
          if (subscribers.size === 0) rest();
        },
      };
    },
    async stop() {
      subscribers.clear();
      rest();
      await Promise.all(ending);
    },
  };
}
