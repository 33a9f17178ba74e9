import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { LogPage, type LogPosition } from '../../../kernel/delivery-protocol.ts';
import { LOG_STREAM_GROUP, logStreamOf, positionText, readPositionText } from '../../../kernel/log-stream.ts';
import type { RedisCommands, RedisPort } from '../../../kernel/redis-port.ts';
import { comparePositions } from '../domain/positions.ts';
import { type LogSource, LogSourceError, type ReadPage } from '../ports.ts';

export interface StreamLogSourceOptions {
  redis: RedisPort;
  /** The node itself: it has what the stream lacks. */
  node: LogSource;
  /** Pages that another reader took and did not answer for so long are taken over, ms. Default 3000. */
  claimAfterMs?: number;
}

/** A page that was taken from the stream and not acknowledged: it is not in the database yet. */
interface Held {
  readonly id: string;
  readonly from: LogPosition;
  readonly page: LogPage;
}

type Entry = [id: string, fields: string[] | null];

/** Pages taken at once. */
const AT_ONCE = 8;
const TIME_LIMIT_MS = 2000;
/** The node itself is asked this often: a stream does not say that it has lost something, nor that there is nothing more. */
const ASK_NODE_MS = 1000;
const CLAIM_MS = 1000;
const PAUSE_MS = 20;
/** How long a missing page may be on its way into the database by another reader. */
const RIVAL_MS = 200;

/**
 * Reads a node's records from its Redis stream as one of a consumer group, and what is missing there at the node. A page is
 * acknowledged when reading goes on behind it, which is after the transaction that stored it; then the stream forgets it.
 */
export function streamLogSource({ redis, node, claimAfterMs = 3000 }: StreamLogSourceOptions): LogSource {
  const consumer = `reader-${randomBytes(6).toString('hex')}`;
  let held: Held[] = [];
  let nodeAskedAt = Number.NEGATIVE_INFINITY;
  let claimedAt = Number.NEGATIVE_INFINITY;

  const ask = <T>(question: (commands: RedisCommands) => Promise<T>) =>
    redis.ask(question, { timeLimitMs: TIME_LIMIT_MS });

  /** What is before a position is stored: nobody needs it from the stream any more. */
  async function acknowledge(key: string, through: LogPosition): Promise<void> {
    const done = held.filter(({ page }) => comparePositions(page.next, through) <= 0);
    if (done.length === 0) return;
    held = held.filter((one) => !done.includes(one));
    const ids = done.map(({ id }) => id);
    await ask((commands) => commands.xack(key, LOG_STREAM_GROUP, ...ids));
    await ask((commands) => commands.xtrim(key, 'MINID', positionText(through)));
  }

  /** Takes new pages, and those of readers that answer for them no more. False when Redis cannot be asked. */
  async function take(key: string): Promise<boolean> {
    if (performance.now() - claimedAt >= CLAIM_MS) {
      claimedAt = performance.now();
      const claimed = await ask((commands) =>
        noGroup(key, commands, () =>
          commands.xautoclaim(key, LOG_STREAM_GROUP, consumer, claimAfterMs, '0', 'COUNT', AT_ONCE),
        ),
      );
      if (claimed === undefined) return false;
      hold((claimed as [string, Entry[]] | null)?.[1] ?? []);
    }
    const answer = await ask((commands) =>
      noGroup(key, commands, () =>
        commands.xreadgroup('GROUP', LOG_STREAM_GROUP, consumer, 'COUNT', AT_ONCE, 'STREAMS', key, '>'),
      ),
    );
    if (answer === undefined) return false;
    hold((answer as [string, Entry[]][] | null)?.[0]?.[1] ?? []);
    return true;
  }

  function hold(entries: readonly Entry[]): void {
    for (const [id, fields] of entries) {
      const from = readPositionText(id);
      const text = fields?.[fields.indexOf('page') + 1];
      // Trimmed meanwhile, or nothing a node wrote: the node is asked for it.
      const page = from && text ? readPage(text) : null;
      if (from && page && !held.some((one) => one.id === id)) held.push({ id, from, page });
    }
    held.sort((left, right) => comparePositions(left.from, right.from));
  }

  /** What is held from a position on; null when it begins in none of the pages. */
  function pageFrom(from: LogPosition): ReadPage | null {
    const found = held.find(
      (one) => comparePositions(one.from, from) <= 0 && comparePositions(from, one.page.next) < 0,
    );
    if (!found) return null;
    const entries = found.page.entries.filter((entry) => comparePositions(entry, from) >= 0);
    return { ...found.page, entries, isFromStream: true };
  }

  async function askNode(from: LogPosition, options: Parameters<LogSource['read']>[1]): Promise<ReadPage> {
    nodeAskedAt = performance.now();
    return node.read(from, options);
  }

  return {
    nodeId: () => node.nodeId(),
    async read(from, options) {
      const { waitSeconds, signal } = options;
      // Who does not wait wants to know what there is at this moment, which the node alone can say.
      if (!redis.isHere || waitSeconds === 0) return askNode(from, options);
      const key = logStreamOf(await node.nodeId());
      const startedAt = performance.now();
      await acknowledge(key, from);
      let problem: unknown = null;
      if (startedAt - nodeAskedAt >= ASK_NODE_MS) {
        const page = await askNode(from, { ...options, waitSeconds: 0 }).catch((error: unknown) => {
          signal?.throwIfAborted();
          if (!(error instanceof LogSourceError && error.kind === 'unavailable')) throw error;
          // What it had told the stream before it went away can still be counted.
          problem = error;
          return null;
        });
        if (page && comparePositions(page.next, from) > 0) return page;
      }
      for (;;) {
        const page = pageFrom(from);
        if (page) return page;
        if (!(await take(key))) break;
        if (pageFrom(from)) continue;
        const waitedMs = performance.now() - startedAt;
        if (waitedMs >= (held.length > 0 ? RIVAL_MS : waitSeconds * 1000)) break;
        await sleep(PAUSE_MS, undefined, { signal }).catch(() => signal?.throwIfAborted());
      }
      if (problem !== null) throw problem;
      return askNode(from, { ...options, waitSeconds: 0 });
    },
  };
}

/** Makes the group, and the stream with it, the first time and after Redis lost them. */
async function noGroup<T>(
  key: string,
  commands: RedisCommands,
  question: () => Promise<T>,
): Promise<T | null> {
  try {
    return await question();
  } catch (error) {
    if (!/^NOGROUP/.test((error as Error).message)) throw error;
    await commands.xgroup('CREATE', key, LOG_STREAM_GROUP, '0', 'MKSTREAM').catch((failure: Error) => {
      // Another reader was faster.
      if (!/^BUSYGROUP/.test(failure.message)) throw failure;
    });
    return null;
  }
}

function readPage(text: string): LogPage | null {
  try {
    return LogPage.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
